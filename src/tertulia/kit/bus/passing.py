"""A bus that passes everything on to another one: what a decorator of a bus does not change."""

from collections.abc import Iterable
from typing import Any, TypeVar

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus import Bus, Handler, Listener

R = TypeVar("R")


class PassingBus:
    """See `Bus`; each call is that of the bus within."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def serve(self, request: type[Request[Any]], handler: Handler) -> None:
        """See `Bus.serve`."""
        self._bus.serve(request, handler)

    def listen(self, event: type[Event], listener: Listener, *, followed: bool = False) -> None:
        """See `Bus.listen`."""
        self._bus.listen(event, listener, followed=followed)

    async def ask(self, request: Request[R], actor: Actor = SYSTEM) -> R:
        """See `Bus.ask`."""
        return await self._bus.ask(request, actor)

    async def publish(self, event: Event) -> None:
        """See `Bus.publish`."""
        await self._bus.publish(event)

    async def start(self) -> None:
        """See `Bus.start`."""
        await self._bus.start()

    async def stop(self) -> None:
        """See `Bus.stop`."""
        await self._bus.stop()

    async def follow(self, topics: Iterable[str]) -> None:
        """See `Bus.follow`."""
        await self._bus.follow(topics)

    def unfollow(self, topics: Iterable[str]) -> None:
        """See `Bus.unfollow`."""
        self._bus.unfollow(topics)
