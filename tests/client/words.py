"""What the tests of the client say often."""

import asyncio
from collections.abc import AsyncIterator, Callable

from tertulia.client import Message


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; the time limit of tests ends a wait in vain."""
    while not holds():
        await asyncio.sleep(0)


async def texts(messages: AsyncIterator[Message], count: int) -> list[str]:
    """Return the texts of the next messages."""
    return [(await anext(messages)).text for _ in range(count)]
