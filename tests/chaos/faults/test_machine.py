"""Disks and clocks that fail a real process: a child that writes, syncs and tells the time as it is asked."""

import asyncio
import errno
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from tertulia.chaos.faults import (
    CannotBuild,
    CannotMount,
    ClockJump,
    FailingDisk,
    FullDisk,
    Quota,
    Shim,
    SmallDisk,
)

CHILD = """
import os, sqlite3, sys, time
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
other = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT)
acts = {
    "write": lambda: os.pwrite(file, bytes(1000), os.fstat(file).st_size),
    "sync": lambda: os.fsync(file) or os.fdatasync(file),
    "sync elsewhere": lambda: os.fsync(other),
    "read": lambda: len(os.pread(file, 1000, 0)),
    "wall": time.time,
    "monotonic": time.monotonic,
    "sql": lambda: sqlite3.connect(":memory:").execute("SELECT unixepoch()").fetchone()[0],
}
for line in sys.stdin:
    try:
        print(acts[line.strip()](), flush=True)
    except OSError as error:
        print("errno", error.errno, flush=True)
"""

Ask = Callable[[str], Awaitable[str]]


class Child:
    """The process, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def does(self, act: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{act}\n".encode())
        await self.process.stdin.drain()
        return (await self.process.stdout.readline()).decode().strip()


async def born(folder, environment=None) -> Child:
    folder.mkdir(exist_ok=True)
    arguments = ["-c", CHILD, str(folder / "file"), str(folder.parent / "elsewhere")]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={**os.environ, **(environment or {})},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    return Child(process)


async def ended(child: Child) -> None:
    if child.process.returncode is None:
        child.process.kill()
    await child.process.communicate()


@pytest.fixture
async def child(tmp_path) -> AsyncIterator[Child]:
    child = await born(tmp_path / "data")
    yield child
    await ended(child)


@pytest.fixture
async def shimmed(tmp_path) -> AsyncIterator[tuple[Child, Shim]]:
    try:
        shim = Shim(tmp_path / "shim", tmp_path / "data")
    except CannotBuild as missing:
        pytest.skip(str(missing))
    with shim:
        child = await born(tmp_path / "data", shim.environment)
        yield child, shim
        await ended(child)


EIO = f"errno {errno.EIO}"


async def test_within_a_quota_files_do_not_grow(child):
    assert await child.does("write") == "1000"
    async with Quota(lambda: child.process.pid):
        assert await child.does("write") == f"errno {errno.EFBIG}"
        assert await child.does("read") == "1000"
    assert await child.does("write") == "1000"


async def test_who_has_a_quota_may_be_killed_meanwhile(child):
    async with Quota(lambda: child.process.pid):
        child.process.kill()
        await child.process.wait()


async def test_a_full_disk_takes_nothing_until_there_is_room(tmp_path):
    with suppress(CannotMount), SmallDisk(tmp_path / "small", mebibytes=1) as disk:
        child = await born(disk.folder)
        async with FullDisk(disk):
            assert await child.does("write") == f"errno {errno.ENOSPC}"
        assert await child.does("write") == "1000"
        await ended(child)
        return
    pytest.skip("a small disk can be mounted by root alone")


async def test_syncs_fail_for_the_files_of_the_folder_alone(shimmed):
    child, shim = shimmed
    async with FailingDisk(shim, "sync"):
        assert await child.does("sync") == EIO
        assert await child.does("sync elsewhere") == "None"
        assert await child.does("write") == "1000"
        assert shim.struck == 1
    assert await child.does("sync") == "None"


async def test_writes_fail_or_end_in_the_middle(shimmed):
    child, shim = shimmed
    async with FailingDisk(shim, "write"):
        assert await child.does("write") == EIO
    async with FailingDisk(shim, "short"):
        assert await child.does("write") == "500"
    assert await child.does("write") == "1000"


@pytest.mark.parametrize("seconds", [3600, -3600, 0.25])
async def test_a_jump_moves_the_wall_clock_alone(shimmed, seconds):
    child, shim = shimmed
    before = float(await child.does("monotonic"))
    async with ClockJump(shim, seconds):
        jumped = float(await child.does("wall")) - time.time()
        assert abs(jumped - seconds) < 5
        assert abs(float(await child.does("sql")) - time.time() - seconds) < 5
        assert before <= float(await child.does("monotonic")) < before + 60
    assert abs(float(await child.does("wall")) - time.time()) < 5


async def test_each_server_that_is_started_anew_fails_too(shimmed, tmp_path):
    _, shim = shimmed
    async with FailingDisk(shim, "sync"):
        second = await born(tmp_path / "data", shim.environment)
        assert await second.does("sync") == EIO
        await ended(second)
