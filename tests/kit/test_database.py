"""The drivers of the database port, one suite for both: order, batches, refusals, crashes, full disks."""

import asyncio
import os
import sqlite3
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import Conflict, Internal, NotFound, Overloaded, StorageFull
from tertulia.kit.db import Call, after_commit, each
from tertulia.kit.db.batches import Job
from tertulia.kit.db.inline import InlineDatabase
from tertulia.kit.db.sqlite import SqliteBatches, SqliteDatabase, open_engine
from tests.kit.words import ADD, METADATA, WORDS, add, insert, words


class ThreadGate:
    """Holds the writer's thread, so that calls gather behind it."""

    def __init__(self, database):
        self._open = threading.Event()
        self._reached = threading.Event()
        self.held = asyncio.ensure_future(database.write(each(self._wait), None, SYSTEM))

    def _wait(self, _connection, _request, _actor):
        self._reached.set()
        self._open.wait(10)

    async def reached(self):
        await asyncio.to_thread(self._reached.wait, 10)

    async def release(self):
        self._open.set()
        await self.held


class InlineGate:
    """Stands for a batch that takes its time."""

    def __init__(self, database):
        self._database = database

    async def reached(self):
        self._database._idle.clear()

    async def release(self):
        self._database._finish([])


def Gate(database):  # noqa: N802
    """What holds the writer of this driver."""
    return {SqliteDatabase: ThreadGate, InlineDatabase: InlineGate}[type(database)](database)


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
    with pytest.raises(Exception, match="readonly"):
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


async def test_a_full_disk_refuses_and_what_was_written_can_be_read(database):
    await add(database, "kept")

    def limit(connection, pages, _actor):
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await database.write(each(limit), 1, SYSTEM)
    (refused,) = await add(database, "x" * 1_000_000)
    assert isinstance(refused, StorageFull)
    assert refused.retryable
    assert await words(database) == ["kept"]
    await database.write(each(limit), 1_000_000, SYSTEM)
    assert await add(database, "again") == [2]


async def test_a_batch_does_not_mix_what_fits_with_what_does_not(database):
    def limit(connection, pages, _actor):
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await add(database, "first")
    await database.write(each(limit), 1, SYSTEM)
    gate = Gate(database)
    await gate.reached()
    waiting = asyncio.ensure_future(add(database, "small", "x" * 1_000_000))
    await asyncio.sleep(0)
    await gate.release()
    small, large = await waiting
    assert (small, type(large)) == (2, StorageFull)
    assert await words(database) == ["first", "small"]


async def test_what_is_small_does_not_overtake_what_has_no_room(database):
    def limit(connection, pages, _actor):
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await add(database, "first")
    await database.write(each(limit), 1, SYSTEM)
    gate = Gate(database)
    await gate.reached()
    waiting = asyncio.ensure_future(add(database, "small", "x" * 1_000_000, "later"))
    await asyncio.sleep(0)
    await gate.release()
    small, large, later = await waiting
    assert (small, type(large), type(later)) == (2, StorageFull, StorageFull)
    assert await words(database) == ["first", "small"]


@pytest.mark.parametrize("waiting", [1, 3])
async def test_when_the_disk_did_not_keep_a_commit_nothing_is_tried_again(
    database, monkeypatch, waiting
):
    tried = []

    class Died(BaseException):
        pass

    def die(status):
        tried.append(f"exit {status}")
        raise Died

    def act(_connection, word, _actor):
        tried.append(word)
        failure = sqlite3.OperationalError("disk I/O error")
        failure.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise OperationalError("COMMIT", {}, failure)

    monkeypatch.setattr(os, "_exit", die)
    jobs = [Job(each(act), Call(n, SYSTEM), asyncio.Future()) for n in range(waiting)]
    with pytest.raises(Died):
        SqliteBatches(database._writing).run(jobs)
    assert tried == [0, "exit 74"]


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
        if isinstance(database, SqliteDatabase):
            given_up.wait(10)
        return insert(connection, word)

    given_up = threading.Event()
    call = asyncio.ensure_future(database.write(each(slowly), "said", SYSTEM))
    await asyncio.to_thread(begun.wait, 10)
    call.cancel()
    given_up.set()
    assert await add(database, "next") == [2]
    assert await words(database) == ["said", "next"]


async def test_what_has_waited_past_its_deadline_is_refused(tmp_path, database):
    await add(database, "first")
    hurried = SqliteDatabase(tmp_path / "test.db", deadline_seconds=0)
    call = asyncio.ensure_future(hurried.write(ADD, "late", SYSTEM))
    await asyncio.sleep(0)
    hurried.start()
    with pytest.raises(Overloaded):
        await call
    await hurried.stop()
    assert await words(database) == ["first"]


async def test_a_writer_that_is_held_up_says_how_long_one_will_wait(tmp_path):
    database = SqliteDatabase(tmp_path / "test.db")
    database.start()
    assert database.wait == 0
    gate = Gate(database)
    await gate.reached()
    async with asyncio.timeout(10):
        while not database.wait:
            await asyncio.sleep(0.01)
    await gate.release()
    assert database.wait == 0
    await database.stop()


async def test_stopping_finishes_what_waits(database, tmp_path):
    gate = Gate(database)
    await gate.reached()
    waiting = asyncio.ensure_future(add(database, "a", "b"))
    await asyncio.sleep(0)
    stopping = asyncio.ensure_future(database.stop())
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await database.write(ADD, "too late", SYSTEM)
    await gate.release()
    await stopping
    assert await waiting == [1, 2]
    with sqlite3.connect(tmp_path / "test.db") as connection:
        assert connection.execute("SELECT count(*) FROM words").fetchone() == (2,)
    connection.close()


@pytest.mark.parametrize("database", [SqliteDatabase], indirect=True)
async def test_commits_are_on_stable_storage(database):
    def pragmas(connection, _request, _actor):
        read = connection.exec_driver_sql
        return read("PRAGMA journal_mode").scalar(), read("PRAGMA synchronous").scalar()

    assert await database.write(each(pragmas), None, SYSTEM) == ("wal", 2)


@pytest.mark.parametrize("database", [InlineDatabase], indirect=True)
async def test_what_waits_when_it_is_abandoned_is_never_written(database, tmp_path):
    await add(database, "kept")
    gate = Gate(database)
    await gate.reached()
    waiting = asyncio.ensure_future(add(database, "lost"))
    await asyncio.sleep(0)
    database.abandon()
    await gate.release()
    again = InlineDatabase(tmp_path / "test.db")
    again.start()
    assert await words(again) == ["kept"]
    await again.stop()
    assert not waiting.done()
    waiting.cancel()


async def test_a_failing_statement_does_not_show_what_was_said(database, caplog):
    await add(database, "secret words")
    (failed,) = await add(database, "secret words")
    assert isinstance(failed, Internal)
    assert "unit_failed" in caplog.text
    assert "secret words" not in caplog.text


async def test_the_log_shrinks_again_that_grew_while_somebody_read(tmp_path, monkeypatch):
    monkeypatch.setattr("tertulia.kit.db.sqlite.LOG_BYTES", 1_000_000)
    engine = open_engine(tmp_path / "test.db")
    METADATA.create_all(engine)
    log = tmp_path / "test.db-wal"
    reading = open_engine(tmp_path / "test.db", read_only=True)
    with reading.connect() as reader, reader.begin():
        reader.execute(select(func.count()).select_from(WORDS))
        for n in range(8):
            with engine.begin() as connection:
                insert(connection, f"{n}" * 1_000_000)
    assert log.stat().st_size > 8_000_000
    for n in range(3):
        with engine.begin() as connection:
            insert(connection, f"afterwards {n}")
    assert log.stat().st_size <= 1_000_000
    reading.dispose()
    engine.dispose()
