"""The bus: how a message reaches the one service that answers it, and events everyone who listens."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeVar

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.messages import Event, Request

R = TypeVar("R")

Handler = Callable[[Any, Actor], Awaitable[Any]]
"""Answers one class of requests: `(request, actor) -> result`, or raises an `AppError`."""

Listener = Callable[[Any], Awaitable[None]]
"""Hears one class of live events: told at once, may miss some."""


class Bus(Protocol):
    """A port with two drivers: `local` (one process) and `nats` (many)."""

    def serve(self, request: type[Request[Any]], handler: Handler) -> None:
        """Answer this class of requests from now on. One handler a class."""
        ...

    def listen(self, event: type[Event], listener: Listener, *, followed: bool = False) -> None:
        """Hear this class of events, and its subclasses', from now on.

        With `followed`, of the events that have a topic only those whose topic this process follows: that
        is what a gateway wants. In one process there is no difference, and everything is heard.
        """
        ...

    async def start(self) -> None:
        """Take part: what is served is answered, what is listened to is heard."""
        ...

    async def stop(self) -> None:
        """Answer what was asked, then take part no more."""
        ...

    async def follow(self, topics: Iterable[str]) -> None:
        """Hear the events of these topics too; returns when no later one is missed."""
        ...

    def unfollow(self, topics: Iterable[str]) -> None:
        """Hear the events of these topics no more."""
        ...

    async def ask(self, request: Request[R], actor: Actor = SYSTEM) -> R:
        """The answer of the owner. Raises what the owner raises, or `Unavailable`."""
        ...

    async def publish(self, event: Event) -> None:
        """Tell all listeners. Returns when each has heard it; a listener that fails harms no other."""
        ...
