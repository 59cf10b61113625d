"""Reads: who finds a reader, who waits, and who is refused."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from tertulia.kernel.errors import Overloaded
from tertulia.kit.db import readers
from tertulia.kit.db.readers import MOST_WAIT_SECONDS, READERS
from tertulia.kit.db.sqlite import SqliteDatabase
from tests.kit.words import add, words


async def test_a_read_whose_caller_gave_up_is_not_begun(tmp_path, database):
    await add(database, "first")
    patient, seen = SqliteDatabase(tmp_path / "test.db"), []
    go_on = threading.Event()
    held = [asyncio.ensure_future(patient.read(lambda _: go_on.wait(10))) for _ in range(READERS)]
    given_up = asyncio.ensure_future(patient.read(seen.append))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*held)
    await patient.stop()
    assert seen == []


async def test_reads_aside_leave_readers_to_the_others(tmp_path, database):
    await add(database, "first")
    patient, go_on = SqliteDatabase(tmp_path / "test.db"), threading.Event()
    aside = [
        asyncio.ensure_future(patient.read(lambda _: go_on.wait(10), aside=True))
        for _ in range(READERS + 1)
    ]
    await asyncio.sleep(0)
    assert await words(patient) == ["first"]
    go_on.set()
    await asyncio.gather(*aside)
    await patient.stop()


async def test_more_reads_than_may_wait_are_refused(tmp_path, database):
    await add(database, "first")
    short, go_on = SqliteDatabase(tmp_path / "test.db", most_reads=2), threading.Event()
    held = [asyncio.ensure_future(short.read(lambda _: go_on.wait(10))) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await words(short)
    go_on.set()
    await asyncio.gather(*held)
    assert await words(short) == ["first"]
    await short.stop()


async def test_reads_that_wait_aside_refuse_none_of_the_others(tmp_path, database):
    await add(database, "first")
    short, go_on = SqliteDatabase(tmp_path / "test.db", most_reads=2), threading.Event()
    held = [
        asyncio.ensure_future(short.read(lambda _: go_on.wait(10), aside=True)) for _ in range(2)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await short.read(lambda _: None, aside=True)
    assert await words(short) == ["first"]
    go_on.set()
    await asyncio.gather(*held)
    await short.stop()


async def test_while_a_read_has_waited_for_too_long_no_more_are_taken_on(
    tmp_path, database, monkeypatch
):
    await add(database, "first")
    slow, begun, go_on = SqliteDatabase(tmp_path / "test.db"), threading.Event(), threading.Event()

    def hold(_connection):
        begun.set()
        go_on.wait(10)

    now = 0.0
    monkeypatch.setattr(readers, "time", SimpleNamespace(monotonic=lambda: now))
    held = [asyncio.ensure_future(slow.read(hold, aside=True)) for _ in range(2)]
    assert await asyncio.to_thread(begun.wait, 10)
    now = MOST_WAIT_SECONDS + 0.1
    with pytest.raises(Overloaded) as refused:
        await slow.read(lambda _: None, aside=True)
    assert (refused.value.retry_after or 0) >= 1
    assert await words(slow) == ["first"], "those wait for another thread"
    held.pop().cancel()
    await asyncio.sleep(0)
    later = asyncio.ensure_future(slow.read(lambda _: "read", aside=True))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*held)
    assert await later == "read", "who has given up holds up nobody"
    await slow.stop()
