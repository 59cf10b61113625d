"""Buses of every kind: where somebody asks and somebody answers, perhaps in two processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from tertulia.cluster.nats_server import NatsServer
from tertulia.kernel.errors import AppError
from tertulia.kernel.limits import DEFAULTS, Limits
from tertulia.kernel.messages import Event
from tertulia.kit.bus import Bus
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.bus.nats import NatsBus, NatsLine
from tests.kit.bus.contract import Broken

PATIENCE = 20.0
"""What a test waits for comes within so many seconds, or the test fails."""


@pytest.fixture(autouse=True)
def known_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(AppError.by_code, Broken.code, Broken)


class Ears:
    """A listener, and what it has heard."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self._news = asyncio.Event()

    async def __call__(self, event: Event) -> None:
        self.heard.append(event)
        self._news.set()

    async def hear(self, number: int) -> list[Any]:
        """What was heard, when it is so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.heard) < number:
                self._news.clear()
                await self._news.wait()
        return self.heard


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what nobody announces."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await asyncio.sleep(0.01)


class Processes:
    """Buses of one installation as if each were in a process of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lines: list[NatsLine] = []
        self._leaving = AsyncExitStack()

    async def bus(self, limits: Limits = DEFAULTS) -> NatsBus:
        """Another process; `start` its bus when what it does has been said."""
        line = NatsLine(self.url)
        await line.start()
        self._leaving.push_async_callback(line.stop)
        bus = NatsBus(line, limits)
        self._leaving.push_async_callback(bus.stop)
        self.lines.append(line)
        return bus

    async def connected(self) -> None:
        """Wait until all are."""
        await until(lambda: all(line.connected for line in self.lines))

    async def away(self) -> None:
        """Wait until all know that the server is."""
        await until(lambda: not any(line.connected for line in self.lines))

    async def end(self) -> None:
        """Stop all of them."""
        await self._leaving.aclose()


@asynccontextmanager
async def processes_on(url: str) -> AsyncIterator[Processes]:
    """Processes that speak over the server at a URL."""
    processes = Processes(url)
    try:
        yield processes
    finally:
        await processes.end()


@pytest.fixture
async def processes(nats_server: NatsServer) -> AsyncIterator[Processes]:
    async with processes_on(nats_server.url) as processes:
        yield processes


class Pair:
    """Who asks and listens, and who answers and publishes: one bus, or two."""

    def __init__(self, asks: Bus, answers: Bus) -> None:
        self.asks = asks
        self.answers = answers

    async def start(self) -> None:
        """Both take part."""
        await self.answers.start()
        await self.asks.start()


KINDS = [
    "as it is",
    "encoded",
    pytest.param("one process on NATS", marks=pytest.mark.split),
    pytest.param("two processes", marks=pytest.mark.split),
]


@pytest.fixture(params=KINDS)
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    if request.param in {"as it is", "encoded"}:
        bus = LocalBus(recode=request.param == "encoded")
        yield Pair(bus, bus)
        return
    server: NatsServer = request.getfixturevalue("nats_server")
    async with processes_on(server.url) as processes:
        asks = await processes.bus()
        yield Pair(asks, asks if "one" in request.param else await processes.bus())
