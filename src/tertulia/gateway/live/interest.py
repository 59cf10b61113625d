"""Which conversations a gateway hears: all of them, or those of the people who are connected to it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from tertulia.conversations.contract.conversations import Heads


class Interest(Protocol):
    """Somebody wants to hear, and nothing may be missed from where they stand."""

    async def arrive(self, read_heads: Callable[[], Awaitable[Heads]]) -> Heads:
        """Where somebody stands who arrives: all up to there has been told here, and all above it will be."""
        ...

    async def enter(self, rooms: Iterable[str]) -> None:
        """Somebody comes into rooms: what is told from now on in the conversations among them is heard."""
        ...


class Everything:
    """Of one process: whatever happens is told here, as it happens."""

    async def arrive(self, read_heads: Callable[[], Awaitable[Heads]]) -> Heads:
        """See `Interest.arrive`."""
        return await read_heads()

    async def enter(self, rooms: Iterable[str]) -> None:
        """See `Interest.enter`."""
