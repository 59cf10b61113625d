"""Servers that start at once, die where they are told to, and start again on what they left."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import pytest

from tertulia.chaos.live.deployment import OneProcess
from tertulia.chaos.live.founding import found
from tertulia.chaos.live.process import DoesNotStart, Nursery
from tertulia.chaos.live.reading import SqliteFile, read_logs


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def deployment(nursery: Nursery, tmp_path: Path) -> Iterator[OneProcess]:
    deployment = OneProcess(nursery, tmp_path / "data", tmp_path / "server.log")
    yield deployment
    deployment.kill()


async def test_it_is_killed_and_starts_again(deployment: OneProcess):
    await deployment.start()
    first = deployment.pid()
    deployment.kill()
    await deployment.ended()
    assert not deployment.runs
    await deployment.start()
    assert deployment.pid() != first
    await deployment.stop()


@pytest.mark.parametrize("at", [1, 2])
async def test_it_dies_while_it_migrates_and_starts_again(deployment: OneProcess, at: int):
    with pytest.raises(DoesNotStart):
        await deployment.start(f"mid_migration:kill@{at}")
    await deployment.start()
    await deployment.stop()


async def test_a_failpoint_that_there_is_not_is_told(deployment: OneProcess):
    with pytest.raises(DoesNotStart, match="there is no failpoint “nowhere:kill”"):
        await deployment.start("nowhere:kill")


async def test_readers_and_the_database_agree_on_a_town(deployment: OneProcess, tmp_path: Path):
    await deployment.start()
    town = found(deployment.url)
    views = await read_logs(deployment.url, town)
    await deployment.stop()
    stored = SqliteFile(tmp_path / "data")
    assert stored.check() == []
    rows = {it.conversation_id: len(it.updates) for it in stored.dump_logs()}
    assert {view.by for view in views} == set(town.citizens)
    assert all(rows[view.conversation_id] == len(view.updates) for view in views)
    assert any(view.updates for view in views)


def test_who_was_adopted_ends_with_the_nursery_and_so_do_its_own():
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE) as stranger:
        with Nursery() as nursery:
            assert stranger.stdout is not None
            assert stranger.stdout.readline() == b"1\n"
            nursery.adopt(stranger.pid)
        assert stranger.wait(10) == -signal.SIGKILL
        assert stranger.stdout.read() == b""  # its end, as nobody has it open any more
