"""A way to have the servers run: here one process; a split deployment needs only another class like it."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

import httpx

from tertulia.chaos.plan import CannotRun

START_SECONDS = 60.0
STOP_SECONDS = 30.0
SETTINGS = {
    "TERTULIA_RATE_LIMITS": "off",
    "TERTULIA_REGISTRATION": "open",
    "TERTULIA_LOG_LEVEL": "warning",
    "TERTULIA_LOG_FORMAT": "json",
    "TERTULIA_STOP_SECONDS": "3",
    "LC_ALL": "C.UTF-8",
}


class DoesNotStart(Exception):
    """The server ended, or was not ready in time; with the end of what it said."""


class Deployment(Protocol):
    """The servers of one Tertulia on one set of data."""

    @property
    def parts(self) -> Sequence[str]:
        """The names of its processes."""
        ...

    @property
    def url(self) -> str:
        """Where clients connect."""
        ...

    async def start(self, failpoint: str = "") -> None:
        """Start what does not run, and wait until it is ready. Raises `DoesNotStart`."""
        ...

    async def stop(self) -> None:
        """End in good order, SIGTERM."""
        ...

    def kill(self, part: str) -> None:
        """SIGKILL."""
        ...

    def pid(self, part: str) -> int:
        """The process id of what runs."""
        ...

    async def ended(self, part: str) -> None:
        """Wait until it is gone."""
        ...


class Nursery:
    """The process from which servers are forked; a context. Raises `CannotRun`."""

    def __init__(self, mutant: str = "", environment: Mapping[str, str] | None = None) -> None:
        self._arguments = [mutant] if mutant else []
        self._environment = environment or {}

    def __enter__(self) -> Self:
        """Start it, without waiting for what it imports."""
        if not hasattr(os, "pidfd_open"):
            raise CannotRun("this system has no pidfd_open")
        clean = {name: it for name, it in os.environ.items() if not name.startswith("TERTULIA_")}
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments
            [sys.executable, "-m", "tertulia.chaos.live.nursery", *self._arguments],
            env={**clean, **self._environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End it and all that it started."""
        self._process.communicate(timeout=STOP_SECONDS)

    def order(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
        """The process id of a new server."""
        order = {"arguments": arguments, "environment": environment, "log": str(log.resolve())}
        assert self._process.stdin is not None  # noqa: S101 - pipes, both
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class OneProcess:
    """`tertulia serve` on a data folder and a port that stays the same."""

    parts: Sequence[str] = ("server",)

    def __init__(self, nursery: Nursery, data: Path, log: Path) -> None:
        self._nursery = nursery
        self._data = data
        self.log = log
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._pid = 0
        self._descriptor: int | None = None
        self._gone = asyncio.Event()

    async def start(self, failpoint: str = "") -> None:
        """See `Deployment`."""
        if self._descriptor is not None:
            return
        environment = {**SETTINGS, **({"TERTULIA_FAILPOINT": failpoint} if failpoint else {})}
        options = ["--port", str(self.port), "--data", str(self._data)]
        self._pid = self._nursery.order(["serve", *options], environment, self.log)
        self._gone = asyncio.Event()
        self._watch()
        await self._wait_until_ready()

    async def stop(self) -> None:
        """See `Deployment`."""
        self._signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._gone.wait()
        self._signal(signal.SIGKILL)
        await self._gone.wait()

    def kill(self, part: str = "server") -> None:
        """See `Deployment`."""
        del part
        self._signal(signal.SIGKILL)

    def pid(self, part: str = "server") -> int:
        """See `Deployment`."""
        del part
        return self._pid

    async def ended(self, part: str = "server") -> None:
        """See `Deployment`."""
        del part
        await self._gone.wait()

    @property
    def runs(self) -> bool:
        """Whether the process lives."""
        return self._descriptor is not None

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text("utf-8", "replace")[-1500:] if self.log.exists() else ""

    def _watch(self) -> None:
        try:
            self._descriptor = os.pidfd_open(self._pid)
        except ProcessLookupError:
            self._gone.set()
            return
        asyncio.get_running_loop().add_reader(self._descriptor, self._note_end)

    def _note_end(self) -> None:
        if self._descriptor is not None:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)
        self._descriptor = None
        self._gone.set()

    def _signal(self, number: signal.Signals) -> None:
        """By the descriptor of the process: its number may be somebody else's by now."""
        if self._descriptor is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)
        elif not self._gone.is_set():
            self._gone.set()

    async def _wait_until_ready(self) -> None:
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
            while not await _is_ready(http, self.url):
                late = asyncio.get_running_loop().time() > deadline
                if late or self._gone.is_set():
                    raise DoesNotStart(self.last_words())
                await asyncio.sleep(0.02)


async def _is_ready(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/readyz")).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
