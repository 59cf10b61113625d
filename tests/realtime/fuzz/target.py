"""The server's process as the fuzzer sees it: started, asked for its gauges, read, ended."""

import asyncio
import contextlib
import json
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.realtime.fuzz import wire
from tests.realtime.fuzz.player import Address

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 5.0
"""How long a server may take to answer anything, in seconds."""


class Hang(Exception):
    """The server did not answer in time."""


class NotStarted(Exception):
    """The server ended before it served; what it logged."""


@dataclass(frozen=True)
class Setup:
    """Which server to attack."""

    engine: str = "tertulia.realtime"
    driver: str = "fast"
    application: str = "tests.realtime.fuzz.application"


@dataclass
class Target:
    """A running server; whoever knows its secret can talk undisturbed in a room of that name."""

    process: asyncio.subprocess.Process
    address: Address
    secret: str
    log: list[str] = field(default_factory=list)

    async def gauges(self) -> dict[str, Any]:
        """What it holds now. Raises `Hang`."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._ask_gauges()
        except (TimeoutError, OSError, ValueError) as error:
            raise Hang(f"no gauges within {PATIENCE} s: {error!r}") from error

    async def is_gone(self) -> bool:
        """Whether its process has ended, or ends in a moment."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), 0.5)
        return self.process.returncode is not None

    async def _ask_gauges(self) -> dict[str, Any]:
        reader, writer = await asyncio.open_connection(*self.address)
        with contextlib.closing(writer):
            writer.write(wire.request("GET", "/gauges", Connection="close"))
            answer = await reader.read()
        return json.loads(answer.partition(b"\r\n\r\n")[2])

    async def keep_log(self) -> None:
        """Read what it logs until it ends."""
        assert self.process.stderr
        while line := await self.process.stderr.readline():
            self.log.append(line.decode("utf-8", "replace"))


@asynccontextmanager
async def running(setup: Setup) -> AsyncIterator[Target]:
    """A server in a new process, ended afterwards."""
    secret = secrets.token_hex(8)
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-W", "always::ResourceWarning", "-m", setup.application],
        *["--engine", setup.engine, "--driver", setup.driver, "--secret", secret],
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    port = await process.stdout.readline()
    if not port:
        assert process.stderr
        raise NotStarted((await process.stderr.read()).decode())
    target = Target(process, ("127.0.0.1", int(port)), secret)
    logging = asyncio.create_task(target.keep_log())
    try:
        yield target
    finally:
        await _end(process)
        await logging


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin
    process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
