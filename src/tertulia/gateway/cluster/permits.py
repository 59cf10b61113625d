"""The order between the log of a conversation and the barriers of its service.

A removal stands in both: it is the next update of its conversation, and one of the service's barriers. It is
carried out as an update, when its turn among the barriers has come; else an older barrier that comes later
would bring somebody back who was removed.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tertulia.conversations.contract.updates import Update


class Permits:
    """Updates that are barriers, and wait for their turn."""

    def __init__(self) -> None:
        self.wanted: Callable[[], None] = lambda: None
        """Told that one waits."""
        self._turn: tuple[str, int] = ("", 0)
        self._waiting: dict[asyncio.Future[None], tuple[str, int]] = {}

    async def wait(self, update: Update) -> None:
        """Wait for the turn of an update."""
        key = (update.conversation_id, update.seq)
        if self._has_turn(key):
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = key
        self.wanted()
        try:
            await turn
        finally:
            del self._waiting[turn]

    @contextmanager
    def turn(self, update: Update) -> Iterator[None]:
        """Inside, it is the turn of an update, and of what its conversation has before it."""
        self._turn = (update.conversation_id, update.seq)
        try:
            self._give(it for it, key in self._waiting.items() if self._has_turn(key))
            yield
        finally:
            self._turn = ("", 0)

    @contextmanager
    def round(self) -> Iterator[None]:
        """A look at all barriers; who waited at its beginning has been passed at its end."""
        waited = list(self._waiting)
        yield
        self._give(iter(waited))

    def _has_turn(self, key: tuple[str, int]) -> bool:
        return key[0] == self._turn[0] and key[1] <= self._turn[1]

    def _give(self, turns: Iterator[asyncio.Future[None]]) -> None:
        for turn in turns:
            if not turn.done():
                turn.set_result(None)
