"""The order in which the commands of one connection are carried out: that in which they were sent."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

from tertulia.kernel.errors import Overloaded, Unavailable
from tertulia.kernel.messages import Command, Request

Kind = Literal["pipelined", "alone", "query"]

MOST_WAITING = 4096


def kind_of(request: type[Request[Any]]) -> Kind:
    """How a request stands beside its neighbours.

    A *pipelined* command reaches the writer's queue in its first step, so the next may follow at once.
    A command *alone* does not, so nothing runs beside it. A *query* sees what the commands before it did.
    """
    if not issubclass(request, Command):
        return "query"
    return "pipelined" if request.pipelined else "alone"


class Turns:
    """Whose turn it is on one connection.

    Nothing suspends between asking for a turn that is free and having it.
    """

    def __init__(self) -> None:
        self._running: Counter[Kind] = Counter()
        self._waiting: deque[tuple[Kind, asyncio.Future[None]]] = deque()
        self._called = 0
        """Whose turn has come and who have not taken it yet: nobody may slip in before them."""
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._over = False

    @asynccontextmanager
    async def turn(self, kind: Kind) -> AsyncIterator[None]:
        """A turn, when it comes. `Unavailable` when the connection ends before, `Overloaded`."""
        if self._over:
            raise Unavailable
        if self._waiting or self._called or not self._is_free(kind):
            await self._wait(kind)
        else:
            self._begin(kind)
        try:
            yield
        finally:
            self._end(kind)

    async def quiet(self) -> None:
        """Wait until everything that was asked is done."""
        await self._quiet.wait()

    def close(self) -> None:
        """Turn away who waits; who runs, runs to the end."""
        self._over = True
        while self._waiting:
            _, called = self._waiting.popleft()
            if not called.done():
                called.set_exception(Unavailable())
        self._call()

    async def _wait(self, kind: Kind) -> None:
        if len(self._waiting) >= MOST_WAITING:
            raise Overloaded
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((kind, called))
        self._quiet.clear()
        try:
            await called
        except asyncio.CancelledError:
            self._give_up(kind, called)
            raise
        self._called -= 1
        self._call()
        if self._over:
            self._end(kind)
            raise Unavailable

    def _give_up(self, kind: Kind, called: asyncio.Future[None]) -> None:
        if called.done() and not called.cancelled():
            self._called -= 1
            self._end(kind)
        else:
            with suppress(ValueError):
                self._waiting.remove((kind, called))
            self._call()

    def _is_free(self, kind: Kind) -> bool:
        running = self._running
        if kind == "alone":
            return not running.total()
        if kind == "query":
            return not running["alone"] and not running["pipelined"]
        return not running["alone"]

    def _begin(self, kind: Kind) -> None:
        self._running[kind] += 1
        self._quiet.clear()

    def _end(self, kind: Kind) -> None:
        self._running[kind] -= 1
        self._call()

    def _call(self) -> None:
        """Call those whose turn has come, once all who were called before have begun."""
        while not self._called and self._waiting and self._is_free(self._waiting[0][0]):
            kind, called = self._waiting.popleft()
            if called.done():
                continue
            self._begin(kind)
            self._called += 1
            called.set_result(None)
        if not self._waiting and not self._called and not self._running.total():
            self._quiet.set()
