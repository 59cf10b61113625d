"""A TCP proxy on this machine whose weather can be chosen, by a seed."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from tertulia.chaos.faults.link import PIECE, Edit, Link, reset
from tertulia.chaos.faults.weather import FAIR, Weather


class Proxy:
    """Carries connections to a local port, whoever listens there at the time.

    Attributes:
        weather: How it treats them from now on, those that stand included.
        connections: How many were accepted.
    """

    def __init__(
        self, target: int, seed: int = 0, editor: Callable[[], Edit] | None = None
    ) -> None:
        """`editor` makes, for each connection, what changes the words of the server; who has none is
        told them as they are."""
        self.weather = FAIR
        self.connections = 0
        self._target = target
        self._editor = editor
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._turned = asyncio.Event()
        self._links: set[Link] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=PIECE)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cut everything."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("the proxy does not run")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """The same, as a client writes it."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Reset every connection."""
        for link in self._links:
            link.reset()

    @asynccontextmanager
    async def under(self, weather: Weather) -> AsyncIterator[None]:
        """This weather, then fair."""
        self._turn(weather)
        try:
            yield
        finally:
            self._turn(FAIR)

    def _turn(self, weather: Weather) -> None:
        self.weather = weather
        turned, self._turned = self._turned, asyncio.Event()
        turned.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.weather.refuses:
            reset(writer)
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target, limit=PIECE)
        except OSError:
            reset(writer)
            return
        edit = self._editor() if self._editor else None
        link = Link((reader, writer), (there, back), self._passage, edit)
        carrying = asyncio.create_task(link.carry())
        self._links.add(link)
        self._carrying.add(carrying)
        carrying.add_done_callback(self._carrying.discard)
        carrying.add_done_callback(lambda _: self._links.discard(link))

    async def _passage(self, size: int) -> "tuple[Weather, str | None, int]":
        """How the next piece fares: the weather it meets, what ends its connection, where it is cut."""
        while not self.weather.carries:
            await self._turned.wait()
        longest = self.weather.longest_delay
        if longest:
            await asyncio.sleep(self._chance.uniform(0, longest))
        return self.weather, self.weather.draw_end(self._chance), self._chance.randrange(size)


class BadWeather:
    """A proxy's weather as a fault."""

    def __init__(self, proxy: Proxy, weather: Weather) -> None:
        self.name = weather.name
        self._proxy = proxy
        self._weather = weather
        self._storm = proxy.under(weather)

    async def __aenter__(self) -> None:
        """Let it come."""
        self._storm = self._proxy.under(self._weather)
        await self._storm.__aenter__()

    async def __aexit__(self, *error: object) -> None:
        """Let it pass."""
        await self._storm.__aexit__(None, None, None)
