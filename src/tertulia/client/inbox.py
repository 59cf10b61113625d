"""What one reader of a client has not read yet."""

import asyncio
from typing import Generic, TypeVar

from tertulia.client.errors import TertuliaError

T = TypeVar("T")


class Inbox(Generic[T]):
    """An ordered queue with an end: clean, or by an error that its reader sees last."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[T | None] = asyncio.Queue()
        self._error: TertuliaError | None = None
        self._has_ended = False

    def put(self, item: T) -> None:
        """Add what was just heard."""
        if not self._has_ended:
            self._waiting.put_nowait(item)

    def end(self, error: TertuliaError | None = None) -> None:
        """Say that nothing more comes; only the first end counts."""
        if not self._has_ended:
            self._has_ended, self._error = True, error
            self._waiting.put_nowait(None)

    def __aiter__(self) -> "Inbox[T]":
        return self

    async def __anext__(self) -> T:
        item = await self._waiting.get()
        if item is not None:
            return item
        self._waiting.put_nowait(None)
        if self._error:
            raise self._error
        raise StopAsyncIteration
