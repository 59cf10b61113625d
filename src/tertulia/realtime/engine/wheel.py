"""One timer for all sockets: a wheel of slots, and who is looked at in each.

Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 6.
"""

import asyncio
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tertulia.realtime.engine.socket import Socket

SLOTS = 128
COARSEST, FINEST = 1.0, 0.005
LOOKS = 25
"""Into so many parts the shortest time that matters is cut."""


class Wheel:
    """Looks at each socket when something of it is due, never early, late by a slot at most."""

    def __init__(self, shortest: float) -> None:
        self.seconds = min(max(shortest / LOOKS, FINEST), COARSEST)
        """Of one slot."""
        self._slots: list[dict[Socket, None]] = [{} for _ in range(SLOTS)]
        self._count = 0
        self._turn = 0
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, socket: "Socket", seconds: float) -> None:
        """Look at a socket in so many seconds, or sooner if that was agreed before."""
        if self._timer is None:
            self._turn = self._now()
            self._set()
        due = self._turn + min(max(ceil(seconds / self.seconds), 1), SLOTS - 1)
        if socket.due >= self._turn:
            if socket.due <= due:
                return
            self.forget(socket)
        socket.due = due
        self._slots[due % SLOTS][socket] = None
        self._count += 1

    def forget(self, socket: "Socket") -> None:
        """Look at a socket no more."""
        slot = self._slots[socket.due % SLOTS]
        if socket in slot:
            del slot[socket]
            self._count -= 1
        socket.due = -1

    def stop(self) -> None:
        """Look at nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _now(self) -> int:
        return int(asyncio.get_running_loop().time() / self.seconds)

    def _set(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.seconds, self._move)

    def _move(self) -> None:
        now = self._now()
        for turn in range(max(self._turn + 1, now - SLOTS + 1), now + 1):
            self._turn = turn
            self._look(turn)
        self._timer = None
        if self._count:
            self._set()

    def _look(self, turn: int) -> None:
        slot = self._slots[turn % SLOTS]
        now = asyncio.get_running_loop().time()
        while slot:  # who is put back comes into another slot
            socket, _ = slot.popitem()
            self._count -= 1
            socket.due = -1
            seconds = 0.0 if socket.closed else socket.look(now)
            if not socket.closed:
                self.watch(socket, seconds)
        self._slots[turn % SLOTS] = {}  # a dictionary does not shrink by itself
