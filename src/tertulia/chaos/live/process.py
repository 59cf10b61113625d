"""Processes of the product that start at once, forked from one that has imported it, and are watched."""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import httpx

from tertulia.chaos.clients.http import plain
from tertulia.chaos.plan import CannotRun

START_SECONDS = 60.0
STOP_SECONDS = 30.0
SHORTEST_WAIT, LONGEST_WAIT = 0.02, 0.5
"""Between two looks whether a server is ready, in seconds."""
PORTS = range(12_000, 32_000)
"""Below those that Linux gives to the near end of a connection."""
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
        return self._say(arguments=arguments, environment=environment, log=str(log.resolve()))

    def adopt(self, pid: int) -> None:
        """End a process too, and those that it started, when the nursery ends, however that comes."""
        self._say(adopt=pid)

    def _say(self, **order: Any) -> int:
        assert self._process.stdin is not None  # noqa: S101 - pipes, both
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class ServerProcess:
    """`tertulia serve`, started again and again by the same nursery."""

    def __init__(self, nursery: Nursery, log: Path) -> None:
        self.pid = 0
        self.log = log
        self._nursery = nursery
        self._descriptor: int | None = None
        self._gone = asyncio.Event()

    @property
    def runs(self) -> bool:
        """Whether the process lives."""
        return self._descriptor is not None

    def start(self, options: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it; `ready` waits for it."""
        variables = {**SETTINGS, **environment}
        self.pid = self._nursery.order(["serve", *options], variables, self.log)
        self._gone = asyncio.Event()
        self._watch()

    async def ready(self, url: str) -> None:
        """Wait until it says there that it does all of its work. Raises `DoesNotStart`."""
        deadline, wait = asyncio.get_running_loop().time() + START_SECONDS, SHORTEST_WAIT
        async with httpx.AsyncClient(trust_env=False, verify=plain(), timeout=5) as http:
            while not await _is_ready(http, url):
                late = asyncio.get_running_loop().time() > deadline
                if late or self._gone.is_set():
                    raise DoesNotStart(self.last_words())
                await asyncio.sleep(wait)
                wait = min(wait * 1.5, LONGEST_WAIT)  # on a busy machine asking is a burden too

    async def stop(self) -> None:
        """End it in good order, SIGTERM, or by force if that takes too long."""
        self.signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._gone.wait()
        self.signal(signal.SIGKILL)
        await self._gone.wait()

    async def ended(self) -> None:
        """Wait until it is gone."""
        await self._gone.wait()

    def signal(self, number: signal.Signals) -> None:
        """By the descriptor of the process: its number may be somebody else's by now."""
        if self._descriptor is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)
        elif not self._gone.is_set():
            self._gone.set()

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text("utf-8", "replace")[-1500:] if self.log.exists() else ""

    def _watch(self) -> None:
        try:
            self._descriptor = os.pidfd_open(self.pid)
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


async def _is_ready(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/readyz")).is_success
    except httpx.TransportError:
        return False


def free_port() -> int:
    """One that nobody listens on now, and that stays free while who listens there is dead."""
    while True:
        port = random.choice(PORTS)  # noqa: S311 - no secret
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
