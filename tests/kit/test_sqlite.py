"""A database in a file: full and failing disks, what is on stable storage, and how it ends."""

import asyncio
import os
import sqlite3

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import Overloaded, StorageFull
from tertulia.kit.db import Call, each
from tertulia.kit.db.batches import Job
from tertulia.kit.db.inline import InlineDatabase
from tertulia.kit.db.sqlite import SqliteBatches, SqliteDatabase, open_engine
from tests.kit.gates import Gate
from tests.kit.words import ADD, METADATA, WORDS, add, insert, words


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
