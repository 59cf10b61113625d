"""The lane of what may be lost: typing, presence. Of one subject the last value counts.

The first value of a subject goes at once. What follows within `WINDOW_SECONDS` waits for the end of the
window, and only the last of it goes then. While there is too much to do everything waits.
"""

import asyncio
from collections.abc import Callable, Hashable, Set
from typing import TYPE_CHECKING

from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.rings import SLICE, Ring

if TYPE_CHECKING:
    from tertulia.realtime.engine.outgoing import Outgoing

WINDOW_SECONDS = 0.25
MOST_SUBJECTS = 4096
"""Values that wait for the end of a window; more go at once."""


class Volatile:
    """Sends to the members of rings who keep up, and lets the others have the last value later."""

    def __init__(self) -> None:
        self._seen: set[tuple[Ring, Hashable]] = set()
        self._waiting: dict[tuple[Ring, Hashable], tuple[Parcel, Set[Outgoing]]] = {}
        self._put_off: dict[tuple[Outgoing, Hashable], Parcel] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.waits: Callable[[], bool] = lambda: False
        """Whether there is too much to do: asked before anything is sent."""

    def to_ring(self, ring: Ring, subject: Hashable, parcel: Parcel, skip: Set["Outgoing"]) -> None:
        """Send to the members of a ring. Does not suspend."""
        key = (ring, subject)
        self._set_timer()
        if (key in self._seen or self.waits()) and len(self._waiting) < MOST_SUBJECTS:
            self._waiting[key] = (parcel, skip)
            return
        if len(self._seen) < MOST_SUBJECTS:
            self._seen.add(key)
        self._shout(ring, subject, parcel, skip)

    def to_one(self, socket: "Outgoing", subject: Hashable, parcel: Parcel) -> None:
        """Send to one client, to whom a window does not apply. Does not suspend."""
        if self.waits() and len(self._put_off) < MOST_SUBJECTS:
            self._set_timer()
            self._put_off[socket, subject] = parcel
        else:
            socket.send_volatile(subject, parcel)

    def _set_timer(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(WINDOW_SECONDS, self._end_window)

    def _end_window(self) -> None:
        self._timer = None
        if self.waits():
            self._set_timer()
            return
        self._seen.clear()
        waiting, self._waiting = self._waiting, {}
        for (ring, subject), (parcel, skip) in waiting.items():
            self.to_ring(ring, subject, parcel, skip)
        put_off, self._put_off = self._put_off, {}
        for (socket, subject), parcel in put_off.items():
            self.to_one(socket, subject, parcel)

    def _shout(self, ring: Ring, subject: Hashable, parcel: Parcel, skip: Set["Outgoing"]) -> None:
        self._slice([it for it in ring.members if it not in skip], ring, subject, parcel)

    def _slice(
        self, sockets: list["Outgoing"], ring: Ring, subject: Hashable, parcel: Parcel
    ) -> None:
        for socket in sockets[:SLICE]:
            if socket in ring.members:
                socket.send_volatile((ring, subject), parcel)
        if rest := sockets[SLICE:]:
            asyncio.get_running_loop().call_soon(self._slice, rest, ring, subject, parcel)
