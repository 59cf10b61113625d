"""The order in which the commands of one connection are carried out: that in which they were sent."""

import asyncio
from collections import deque
from contextlib import suppress
from functools import cache
from types import TracebackType
from typing import Any, Literal

from tertulia.kernel.errors import Overloaded, Unavailable
from tertulia.kernel.messages import Command, Request

Kind = Literal["pipelined", "alone", "query"]
Call = tuple[Kind, asyncio.Future[None]]

MOST_WAITING = 4096
STOPPING_SECONDS = 1.0
"""After which who was turned away by a server that stops may try again: by then it has said goodbye."""


class Stopping(Overloaded):
    """The server finishes what it has, and begins nothing."""

    detail = "The server is stopping or starting."


@cache
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

    Nothing suspends between asking for a turn that is free and having it. Most connections are silent, so
    what only waiting needs is there only while somebody waits.
    """

    __slots__ = (
        "_alone",
        "_called",
        "_leaving",
        "_over",
        "_pipelined",
        "_queries",
        "_quiet",
        "_waiting",
    )

    def __init__(self) -> None:
        self._pipelined = self._alone = self._queries = 0
        self._called = 0
        """Whose turn has come and who have not taken it yet: nobody may slip in before them."""
        self._waiting: deque[Call] | None = None
        self._quiet: asyncio.Event | None = None
        self._leaving = self._over = False

    def turn(self, kind: Kind) -> "Turn":
        """A turn, when it comes. `Unavailable` when the connection ends before, `Overloaded`."""
        return Turn(self, kind)

    async def quiet(self) -> None:
        """Wait until everything that was asked is done."""
        if self._is_quiet():
            return
        if self._quiet is None:
            self._quiet = asyncio.Event()
        await self._quiet.wait()

    async def finish(self) -> None:
        """Take nothing new, and wait until everything that was asked is done."""
        self._leaving = True
        await self.quiet()

    def close(self) -> None:
        """Turn away who waits; who runs, runs to the end."""
        self._over = True
        while self._waiting:
            _, called = self._waiting.popleft()
            if not called.done():
                called.set_exception(Unavailable())
        self._call()

    async def take(self, kind: Kind) -> None:
        """Begin, when it is free."""
        if self._over:
            raise Unavailable
        if self._leaving:
            raise Stopping(retry_after=STOPPING_SECONDS)
        if self._waiting or self._called or not self._is_free(kind):
            await self._wait(kind)
        else:
            self._count(kind, 1)

    def end(self, kind: Kind) -> None:
        """One that had its turn is done."""
        self._count(kind, -1)
        if self._waiting or self._quiet:
            self._call()

    async def _wait(self, kind: Kind) -> None:
        waiting = self._waiting = deque() if self._waiting is None else self._waiting
        if len(waiting) >= MOST_WAITING:
            raise Overloaded
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append((kind, called))
        try:
            await called
        except asyncio.CancelledError:
            self._give_up(kind, called)
            raise
        self._called -= 1
        self._call()
        if self._over:
            self.end(kind)
            raise Unavailable

    def _give_up(self, kind: Kind, called: asyncio.Future[None]) -> None:
        if called.done() and not called.cancelled():
            self._called -= 1
            self.end(kind)
        elif self._waiting is not None:
            with suppress(ValueError):
                self._waiting.remove((kind, called))
        self._call()

    def _is_free(self, kind: Kind) -> bool:
        if self._alone:
            return False
        if kind == "alone":
            return not self._pipelined and not self._queries
        return kind == "pipelined" or not self._pipelined

    def _is_quiet(self) -> bool:
        running = self._pipelined or self._alone or self._queries
        return not (running or self._waiting or self._called)

    def _count(self, kind: Kind, by: int) -> None:
        if kind == "pipelined":
            self._pipelined += by
        elif kind == "alone":
            self._alone += by
        else:
            self._queries += by

    def _call(self) -> None:
        """Call those whose turn has come, once all who were called before have begun."""
        waiting = self._waiting
        while waiting and not self._called and self._is_free(waiting[0][0]):
            kind, called = waiting.popleft()
            if called.done():
                continue
            self._count(kind, 1)
            self._called += 1
            called.set_result(None)
        if not waiting:
            self._waiting = None
        if self._quiet is not None and self._is_quiet():
            self._quiet.set()
            self._quiet = None


class Turn:
    """One turn, as the context of what is done in it."""

    __slots__ = ("_kind", "_turns")

    def __init__(self, turns: Turns, kind: Kind) -> None:
        self._turns = turns
        self._kind: Kind = kind

    async def __aenter__(self) -> None:
        """Wait for it."""
        await self._turns.take(self._kind)

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Let the next have it."""
        self._turns.end(self._kind)
