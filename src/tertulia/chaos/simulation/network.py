"""A network in memory: each connection is two streams of messages that take their time, until it is cut."""

import asyncio
from collections import deque
from collections.abc import Callable, MutableMapping
from contextvars import Context
from random import Random
from typing import Any, Literal

Message = dict[str, Any]
Deliver = Callable[[Any], object]

SLOW_SHARE = 0.02
SLOW_SECONDS = 0.5


class Cut(Exception):
    """The connection is gone."""


class Refused(Exception):
    """The server would not have this connection."""


class Stream:
    """One direction: what is put in comes out in order, each a little later."""

    def __init__(self, chance: Random, deliver: Deliver) -> None:
        self._chance = chance
        self._deliver = deliver
        self._due = 0.0
        self._flying: deque[asyncio.TimerHandle] = deque()
        # What was sent arrives whatever becomes of the sender, so it is not of its context.
        self._context = Context()

    def put(self, item: Any) -> None:
        """Send it."""
        loop = asyncio.get_running_loop()
        self._due = max(self._due + 1e-6, loop.time() + latency(self._chance))
        self._flying.append(loop.call_at(self._due, self._arrive, item, context=self._context))

    def lose(self) -> None:
        """Lose the last of what is under way: all of it, part of it or nothing."""
        for _ in range(self._chance.randint(0, len(self._flying))):
            self._flying.pop().cancel()

    def _arrive(self, item: Any) -> None:
        self._flying.popleft()
        self._deliver(item)


def latency(chance: Random) -> float:
    """Seconds: mostly a millisecond or so, now and then a long time."""
    slow = chance.uniform(0, SLOW_SECONDS) if chance.random() < SLOW_SHARE else 0.0
    return slow + chance.expovariate(1000)


class Line:
    """A connection between a client and an ASGI application: both ends of it."""

    def __init__(self, chance: Random, kind: Literal["websocket", "http"]) -> None:
        self._kind = kind
        self._inward: asyncio.Queue[Message] = asyncio.Queue()
        self._outward: asyncio.Queue[Message | None] = asyncio.Queue()
        self._up = Stream(chance, self._inward.put_nowait)
        self._down = Stream(chance, self._outward.put_nowait)
        self._over = False

    # --- the client's end -----------------------------------------------------------------------

    def send(self, message: Message) -> None:
        """Send one ASGI message to the application; into the void if the line was cut."""
        if not self._over:
            self._up.put(message)

    async def receive(self) -> Message:
        """The next message of the application. Raises `Cut`."""
        message = await self._outward.get()
        if message is None:
            self._outward.put_nowait(None)
            raise Cut
        return message

    def cut(self) -> None:
        """End it from outside, at any moment: both ends hear of it after what still arrives."""
        if not self._over:
            self._up.lose()
            self._down.lose()
            self.close()

    def close(self) -> None:
        """End it after what was sent. Once more changes nothing."""
        if not self._over:
            self._over = True
            self._up.put({"type": f"{self._kind}.disconnect", "code": 1006})
            self._down.put(None)

    # --- the application's end ------------------------------------------------------------------

    async def app_receive(self) -> Message:
        """ASGI's `receive`."""
        return await self._inward.get()

    async def app_send(self, message: MutableMapping[str, Any]) -> None:
        """ASGI's `send`. Raises `OSError` when the client is gone."""
        if self._over:
            raise ConnectionResetError
        self._down.put(dict(message))
