import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tertulia.chaos.faults import Killed, Stopped, hold

ECHO = "import sys\nfor line in sys.stdin:\n    print(line.strip(), flush=True)"


@pytest.fixture
async def echo() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ECHO, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def ask(process: asyncio.subprocess.Process, text: bytes) -> None:
    assert process.stdin
    process.stdin.write(text + b"\n")
    await process.stdin.drain()


async def hear(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout
    return await process.stdout.readline()


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]


async def stands_still(pid: int) -> None:
    while state(pid) != "T":
        await asyncio.sleep(0)


async def test_a_killed_process_is_gone(echo):
    async with Killed(lambda: echo.pid):
        assert await echo.wait() == -signal.SIGKILL


async def test_a_stopped_process_answers_when_it_goes_on(echo):
    async with Stopped(lambda: echo.pid):
        await stands_still(echo.pid)
        await ask(echo, b"hola")
    assert await hear(echo) == b"hola\n"


async def test_a_stopped_process_may_be_killed_meanwhile(echo):
    async with Stopped(lambda: echo.pid):
        os.kill(echo.pid, signal.SIGKILL)
        await echo.wait()


async def test_a_fault_is_held_and_over_then(echo):
    await hold(Stopped(lambda: echo.pid), 0)
    await ask(echo, b"hola")
    assert await hear(echo) == b"hola\n"
