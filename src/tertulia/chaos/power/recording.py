"""Recording the real server while people write."""

import asyncio
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tertulia.chaos.live.founding import found
from tertulia.chaos.power.calls import Call
from tertulia.chaos.power.people import write
from tertulia.chaos.power.reading import read_calls
from tertulia.chaos.power.serving import PRODUCT, SECONDS, serving
from tertulia.chaos.power.strace import OPTIONS
from tertulia.chaos.power.wire import Acknowledged, Fact, facts

DATA = "data"
"""The data folder, as the paths of the calls name it."""


class CannotRecord(Exception):
    """What a record needs is missing."""


@dataclass(frozen=True)
class Recording:
    """What a server did to its disk, from the first start on, and what it told its clients meanwhile."""

    calls: Sequence[Call]
    facts: Sequence[Fact]

    @cached_property
    def points(self) -> Sequence[int]:
        """Where the power may fail: wherever a call that matters begins or returns."""
        return sorted(
            {at for call in self.calls for at in (call.start, call.end) if at is not None}
        )

    @property
    def acknowledged(self) -> int:
        """How often a message was acknowledged."""
        return sum(isinstance(fact, Acknowledged) for fact in self.facts)


def record(
    folder: Path,
    *,
    seed: int,
    messages: int,
    module: Sequence[str] = PRODUCT,
    inject: str | None = None,
) -> Recording:
    """Run a new server in an empty folder, let people write, and end it: killed or stopped, by the seed.

    `inject` lets system calls fail, in the words of strace: `fdatasync:error=EIO:when=20`.
    Raises `CannotRecord`, `DoesNotStart`.
    """
    disk, log = (folder / "disk").resolve(), folder / "strace.log"
    disk.mkdir(parents=True)
    tracer = [_strace(), "--daemonize", "-o", str(log), *OPTIONS]
    tampering = ["-e", f"inject={inject}"] if inject else []
    with serving(
        disk / DATA, folder / "server.log", module=module, tracer=[*tracer, *tampering]
    ) as server:
        asyncio.run(write(server.url, found(server.url), messages, seed))
        chance = random.Random(seed)  # noqa: S311 - no secret
        server.end(chance.choice((signal.SIGKILL, signal.SIGTERM)))
        _wait_for_end(log, server.process.pid)
    return read_record(log, disk)


def read_record(log: Path, disk: Path) -> Recording:
    """A log of strace, read. Raises `NotUnderstood`."""
    with log.open("rb") as lines:
        calls = list(read_calls(lines, disk))
    return Recording(calls, facts(calls))


def _strace() -> str:
    found = shutil.which("strace")
    if found is None:
        raise CannotRecord("strace is missing: scripts/install-strace installs it, or says how")
    tried = subprocess.run(  # noqa: S603 - our own arguments
        [found, "-o", os.devnull, sys.executable, "-c", ""],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        raise CannotRecord(f"strace may not trace here: {tried.stderr.strip()}")
    return found


def _wait_for_end(log: Path, pid: int) -> None:
    """The tracer, which is nobody's child, outlives the server by the last lines."""
    deadline = time.monotonic() + SECONDS
    while not _has_ended(log, pid):
        if time.monotonic() > deadline:
            raise CannotRecord("the record has no end")
        time.sleep(0.02)


def _has_ended(log: Path, pid: int) -> bool:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        return re.search(rb"(?m)^%d +\+\+\+ " % pid, file.read()) is not None
