"""The drivers of the database port, one suite for all: order, batches, refusals, crashes."""

import asyncio
import threading

import pytest
from sqlalchemy import func, select

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import Conflict, Internal, NotFound, Overloaded
from tertulia.kit.db import after_commit, each
from tertulia.kit.db.inline import InlineDatabase
from tertulia.kit.db.postgres import PostgresDatabase
from tertulia.kit.db.sqlite import SqliteDatabase
from tests.kit.gates import Gate
from tests.kit.words import ADD, WORDS, add, insert, words, words_in

POSTGRES = pytest.param(PostgresDatabase, marks=pytest.mark.split)


@pytest.fixture(params=[SqliteDatabase, InlineDatabase, POSTGRES])
async def database(tmp_path, request):
    async with words_in(request.param, tmp_path, queue_limit=100) as database:
        yield database


async def test_an_answer_is_what_the_unit_says(database):
    assert await add(database, "hola") == [1]
    assert await words(database) == ["hola"]


async def test_calls_take_effect_in_the_order_in_which_they_were_made(database):
    expected = [f"word {n}" for n in range(60)]
    assert await add(database, *expected) == list(range(1, 61))
    assert await words(database) == expected


async def test_what_waits_shares_a_transaction_and_a_call_of_its_unit(database):
    runs = []

    def unit(connection, calls):
        runs.append(len(calls))
        return [insert(connection, call.request) for call in calls]

    gate = Gate(database)
    await gate.reached()
    waiting = asyncio.gather(*(database.write(unit, f"w{n}", SYSTEM) for n in range(10)))
    await asyncio.sleep(0)
    assert database.waiting == 10
    await gate.release()
    await waiting
    assert runs == [10]


async def test_the_queue_is_cut_where_the_class_changes(database):
    seen = []

    def of(name):
        def unit(_connection, calls):
            seen.append((name, [call.request for call in calls]))
            return [None for _ in calls]

        return unit

    one, other = of("one"), of("other")
    gate = Gate(database)
    await gate.reached()
    waiting = [
        asyncio.ensure_future(database.write(unit, n, SYSTEM))
        for n, unit in enumerate([one, one, other, one])
    ]
    await asyncio.sleep(0)
    await gate.release()
    await asyncio.gather(*waiting)
    assert seen == [("one", [0, 1]), ("other", [2]), ("one", [3])]


async def test_a_refusal_harms_nobody_else(database):
    gate = Gate(database)
    await gate.reached()
    waiting = asyncio.ensure_future(add(database, "a", "bad", "b"))
    await asyncio.sleep(0)
    await gate.release()
    first, refused, second = await waiting
    assert (first, second) == (1, 2)
    assert isinstance(refused, NotFound)
    assert await words(database) == ["a", "b"]


async def test_a_unit_that_crashes_harms_nobody_else(database):
    gate = Gate(database)
    await gate.reached()
    waiting = asyncio.ensure_future(add(database, "a", "crash", "b"))
    await asyncio.sleep(0)
    await gate.release()
    first, crashed, second = await waiting
    assert (first, second) == (1, 2)
    assert isinstance(crashed, Internal)
    assert await words(database) == ["a", "b"]


async def test_a_call_that_refuses_after_it_has_written_leaves_nothing(database):
    def act(connection, word, _actor):
        insert(connection, word)
        if word == "half":
            raise Conflict("no")

    gate = Gate(database)
    await gate.reached()
    waiting = asyncio.ensure_future(add(database, "a", "half", "b", unit=each(act)))
    await asyncio.sleep(0)
    await gate.release()
    _, refused, _ = await waiting
    assert isinstance(refused, Conflict)
    assert await words(database) == ["a", "b"]


async def test_what_was_to_happen_after_a_commit_happens_only_then(database):
    told = []

    def act(connection, word, _actor):
        after_commit(connection, lambda: told.append(word))
        insert(connection, word)
        if word == "broken":
            raise ZeroDivisionError

    await add(database, "a", "broken", "b", unit=each(act))
    assert told == ["a", "b"]


async def test_a_callback_that_fails_undoes_nothing_and_repeats_nothing(database):
    def fail():
        raise ZeroDivisionError

    def act(connection, word, _actor):
        after_commit(connection, fail)
        return insert(connection, word)

    assert await add(database, "a", unit=each(act)) == [1]
    assert await words(database) == ["a"]


async def test_a_reader_sees_every_write_that_was_answered(database):
    for n in range(20):
        await add(database, f"w{n}")
        seen = await database.read(lambda c: c.scalar(select(func.count()).select_from(WORDS)))
        assert seen == n + 1


async def test_a_reader_cannot_write(database):
    with pytest.raises(Exception, match=r"read-?only"):
        await database.read(lambda c: insert(c, "no"))
    assert await words(database) == []


async def test_above_its_limit_the_queue_refuses_at_once(database):
    gate = Gate(database)
    await gate.reached()
    waiting = [asyncio.ensure_future(database.write(ADD, f"w{n}", SYSTEM)) for n in range(100)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded) as refused:
        await database.write(ADD, "one too many", SYSTEM)
    assert refused.value.retry_after
    await gate.release()
    await asyncio.gather(*waiting)
    assert len(await words(database)) == 100


async def test_what_nobody_waits_for_any_more_is_not_begun(database):
    gate = Gate(database)
    await gate.reached()
    call = asyncio.ensure_future(database.write(ADD, "said", SYSTEM))
    await asyncio.sleep(0)
    call.cancel()
    await gate.release()
    assert await add(database, "next") == [1]
    assert await words(database) == ["next"]


async def test_a_caller_that_gives_up_in_the_middle_does_not_undo(database):
    begun = threading.Event()

    def slowly(connection, word, _actor):
        begun.set()
        if not isinstance(database, InlineDatabase):
            given_up.wait(10)
        return insert(connection, word)

    given_up = threading.Event()
    call = asyncio.ensure_future(database.write(each(slowly), "said", SYSTEM))
    await asyncio.to_thread(begun.wait, 10)
    call.cancel()
    given_up.set()
    assert await add(database, "next") == [2]
    assert await words(database) == ["said", "next"]


async def test_a_failing_statement_does_not_show_what_was_said(database, caplog):
    await add(database, "secret words")
    (failed,) = await add(database, "secret words")
    assert isinstance(failed, Internal)
    assert "unit_failed" in caplog.text
    assert "secret words" not in caplog.text
