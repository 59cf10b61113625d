"""Many processes that die and start again, and a database that begins as the same town."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tertulia.chaos.faults import Frozen
from tertulia.chaos.faults.processes import children_of
from tertulia.chaos.live.founding import found
from tertulia.chaos.live.process import Nursery
from tertulia.chaos.live.reading import read_logs
from tertulia.chaos.split.deployment import Servers, Split
from tertulia.chaos.split.record import PostgresRecord

pytestmark = pytest.mark.split


async def test_any_part_dies_and_starts_again_on_what_was_stored(servers: Servers, tmp_path: Path):
    stored = PostgresRecord(servers.postgresql)
    with Nursery() as nursery:
        async with Split(nursery, servers, tmp_path, seed=1) as deployment:
            await deployment.start()
            town = await asyncio.to_thread(found, deployment.url)
            for part in ("nats", "postgresql", "conversations-1"):
                await die_and_start_again(deployment, part)
            views = await read_logs(deployment.url, town)
            await deployment.stop()
        rows = {it.conversation_id: len(it.updates) for it in stored.dump_logs()}
        assert any(view.updates for view in views)
        assert all(rows[view.conversation_id] == len(view.updates) for view in views)
        assert stored.check() == []
        stored.keep_as_template()
        stored.begin_anew()
        assert {it.conversation_id: len(it.updates) for it in stored.dump_logs()} == rows


async def die_and_start_again(deployment: Split, part: str) -> None:
    before = deployment.pid(part)
    deployment.kill(part)
    await deployment.ended(part)
    await deployment.start()
    assert deployment.pid(part) != before


async def test_readers_wait_for_who_died(servers: Servers, tmp_path: Path):
    with Nursery() as nursery:
        async with Split(nursery, servers, tmp_path, seed=1) as deployment:
            await deployment.start()
            town = await asyncio.to_thread(found, deployment.url)
            for part in ("conversations-1", "conversations-2"):
                deployment.kill(part)
                await deployment.ended(part)
            reading = asyncio.create_task(read_logs(deployment.url, town))
            await deployment.start()
            assert {view.by for view in await reading} == set(town.citizens)


async def test_all_processes_of_a_server_stand_still_and_go_on(servers: Servers):
    pid = servers.postgresql.pid
    workers = [each for each in children_of(pid) if state_of(each) != GONE]
    assert workers
    async with Frozen(lambda: pid):
        for each in (pid, *workers):
            await wait_until(each, lambda state: state in STOPPED + GONE)
    for each in (pid, *workers):
        await wait_until(each, lambda state: state not in STOPPED)


STOPPED, GONE = "T", "Z"


async def wait_until(pid: int, holds: Callable[[str], bool]) -> None:
    """The kernel carries a signal out when it comes to it."""
    async with asyncio.timeout(10):
        while not holds(state_of(pid)):
            await asyncio.sleep(0)


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2][0]
    except (FileNotFoundError, ProcessLookupError):
        return GONE
