"""PostgreSQL that breaks, stops and comes back: nothing answered is lost, and nothing is done twice."""

import asyncio
import os
import shutil
import signal
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tertulia.cluster.postgresql import Postgresql
from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import Overloaded, StorageFull, Unavailable
from tertulia.kit.db import each
from tertulia.kit.db.postgres import PostgresDatabase, sessions
from tertulia.kit.db.postgres.provisioning import provision
from tests.kit.words import add, insert, prepare_words, words
from tests.support import databases
from tests.support.tcp_proxy import TcpProxy

pytestmark = pytest.mark.split


@pytest.fixture
async def database(tmp_path):
    url = databases.schema("words")
    prepare_words(url)
    database = PostgresDatabase(url, "words")
    database.start()
    yield database
    await database.stop()


@pytest.fixture
async def other(database):
    """The same database, in another process."""
    other = PostgresDatabase(databases.schema("words"), "words")
    other.start()
    yield other
    await other.stop()


@pytest.fixture
def proxy():
    port = int(conninfo_to_dict(databases.schema("words"))["port"] or 0)
    proxy = TcpProxy(port)
    yield proxy
    proxy.close()


@pytest.fixture
async def through(database, proxy):
    """The same database, through the proxy."""
    url = make_conninfo(databases.schema("words"), port=proxy.port)
    through = PostgresDatabase(url, "words")
    through.start()
    yield through
    await through.stop()


def end_sessions():
    """End every session of the service, as an operator may."""
    with psycopg.connect(databases.server().url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'tertulia%'"
        )


async def recovered(database):
    async with asyncio.timeout(30):
        while not database.is_reachable:
            await asyncio.sleep(0.05)


async def test_sessions_that_were_ended_are_made_anew(database):
    await add(database, "before")
    await words(database)
    end_sessions()
    assert await words(database) == ["before"]
    assert await add(database, "after") == [2]


async def test_a_transaction_that_breaks_before_its_commit_runs_again(database):
    runs = []

    def act(connection, word, _actor):
        n = insert(connection, word)
        runs.append(word)
        if len(runs) == 1:
            end_sessions()
        return n, insert(connection, f"{word} again")

    assert await add(database, "once", unit=each(act)) == [(1, 2)]
    assert runs == ["once", "once"]
    assert await words(database) == ["once", "once again"]


@pytest.mark.parametrize("passed_on", [True, False])
async def test_when_nobody_knows_whether_a_commit_happened_nothing_runs_again(
    through, proxy, database, passed_on
):
    runs = []

    def act(connection, word, _actor):
        runs.append(word)
        proxy.cut_at(b"COMMIT", passed_on=passed_on)
        return insert(connection, word)

    (refusal,) = await add(through, "perhaps", unit=each(act))
    assert isinstance(refusal, Unavailable)
    assert refusal.retryable
    assert runs == ["perhaps"]
    assert await add(through, "next") == [2 if passed_on else 1]
    assert await words(database) == (["perhaps", "next"] if passed_on else ["next"])


async def test_a_deadlock_is_run_again(database):
    failures = iter([psycopg.errors.DeadlockDetected("deadlock"), None])

    def act(connection, word, _actor):
        n = insert(connection, word)
        if failure := next(failures):
            raise failure
        return n

    assert await add(database, "once", unit=each(act)) == [1]


async def test_a_full_disk_refuses_what_stands_behind_too(database):
    def act(connection, word, _actor):
        if word == "large":
            raise psycopg.errors.DiskFull("no space left on device")
        return insert(connection, word)

    unit = each(act)
    outcomes = await add(database, "small", "large", "later", unit=unit)
    assert [type(it) for it in outcomes] in (
        [int, StorageFull, StorageFull],  # taken together
        [int, StorageFull, int],  # or one by one
    )


async def test_writers_of_several_processes_write_one_after_the_other(database, other):
    texts = [f"word {n}" for n in range(200)]
    halves = (add(database, *texts[::2]), add(other, *texts[1::2]))
    numbers = {n for half in await asyncio.gather(*halves) for n in half}
    assert numbers == set(range(1, 201))
    seen = await words(other)
    assert [it for it in seen if it in texts[::2]] == texts[::2], "each in its own order"
    assert [it for it in seen if it in texts[1::2]] == texts[1::2]


async def test_a_reader_sees_what_another_process_was_answered(database, other):
    for n in range(20):
        await add(database, f"w{n}")
        assert len(await words(other)) == n + 1


async def test_a_view_is_of_one_moment(database, other):
    await add(database, "first")
    loop = asyncio.get_running_loop()

    def twice(connection):
        before = connection.exec_driver_sql("SELECT count(*) FROM words").scalar()
        asyncio.run_coroutine_threadsafe(add(other, "meanwhile"), loop).result(10)
        return before, connection.exec_driver_sql("SELECT count(*) FROM words").scalar()

    assert await database.read(twice) == (1, 1)


async def test_who_stopped_in_a_transaction_does_not_hold_up_the_others_for_long(
    database, monkeypatch
):
    monkeypatch.setattr(sessions, "IDLE_SECONDS", 0.2)
    stopped = PostgresDatabase(databases.schema("words"), "words")
    stopped.start()
    begun, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(connection, word, _actor):
        insert(connection, word)
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(30)
        return insert(connection, f"{word} again")

    slow = asyncio.ensure_future(add(stopped, "slow", unit=each(stop)))
    await begun.wait()
    assert await add(database, "quick") == [1]
    go_on.set()
    assert await slow == [3], "it ran again, after the other"
    await stopped.stop()


async def test_a_writer_that_waits_for_another_too_long_is_refused(database, monkeypatch):
    monkeypatch.setattr(sessions, "LOCK_SECONDS", 0.1)
    hurried = PostgresDatabase(databases.schema("words"), "words")
    hurried.start()
    begun, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(_connection, _request, _actor):
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(30)

    holding = asyncio.ensure_future(database.write(each(hold), None, SYSTEM))
    await begun.wait()
    (refusal,) = await add(hurried, "late")
    assert isinstance(refusal, Overloaded)
    go_on.set()
    await holding
    await hurried.stop()
    assert await words(database) == []


# --- a server of one's own -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crashing():
    """A server that may be killed and stopped."""
    server = Postgresql(Path(tempfile.mkdtemp(prefix="tertulia-pg-")), durable=False)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(server.folder)


@pytest.fixture
async def shaky(crashing):
    """A database on it."""
    url = provision(crashing.url, ["words"])["words"]
    prepare_words(url)
    database = PostgresDatabase(url, "words")
    database.start()
    yield database
    await database.stop()


def processes(server):
    """The postmaster and all it started."""
    of_it = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [server.pid, *map(int, of_it)]


async def test_a_server_that_crashes_and_comes_back_has_kept_what_was_answered(crashing, shaky):
    asked = [asyncio.ensure_future(add(shaky, f"w{n}")) for n in range(200)]
    await asked[20]
    crashing.kill()
    outcomes = [outcome for task in asked for outcome in await task]
    answered = [f"w{n}" for n, outcome in enumerate(outcomes) if isinstance(outcome, int)]
    assert all(isinstance(outcome, int | Unavailable) for outcome in outcomes)
    crashing.start()
    await recovered(shaky)
    assert set(answered) <= set(await words(shaky))
    assert isinstance((await add(shaky, "again"))[0], int)


async def test_while_the_server_is_away_all_is_refused_at_once(crashing, shaky):
    crashing.stop()
    refusals = await add(shaky, "lost")
    with pytest.raises(Unavailable) as refused:
        await words(shaky)
    assert [type(it) for it in refusals] == [Unavailable]
    assert refused.value.retry_after
    assert not shaky.is_reachable
    crashing.start()
    await recovered(shaky)
    assert await words(shaky) == []
    assert await add(shaky, "back") == [1]


async def test_a_server_that_stands_still_is_noticed_and_come_back_to(crashing, shaky, monkeypatch):
    await add(shaky, "before")
    stopped = processes(crashing)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        refusals = await add(shaky, "meanwhile")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert [type(it) for it in refusals] == [Unavailable]
    await recovered(shaky)
    assert await add(shaky, "after") == [2]
    assert await words(shaky) == ["before", "after"]
