"""The lane of what may be lost: typing, presence. Of one subject the last value counts.

The first value of a subject goes at once. What follows within `WINDOW_SECONDS` waits for the end of the
window, and only the last of it goes then. While there is too much to do everything waits. A value never
overtakes a later one of its subject: while one waits, what follows takes its place.

What waits is sent to those who are in the ring when it is sent. For one client nothing here knows what it
may still be told: whoever takes that from it must forget what waits (`forget`, `forget_subject`), and who
asks anew how something stands forgets first, or hears an older value after the answer. What was forgotten
is told no more: a client that must know asks again.
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


class PutOff:
    """The last value of each subject for single clients, while there is too much to do."""

    def __init__(self) -> None:
        self._values: dict[Outgoing, dict[Hashable, Parcel]] = {}
        self._number = 0

    def holds(self, socket: "Outgoing", subject: Hashable) -> bool:
        """Whether an earlier value waits."""
        return subject in self._values.get(socket, ())

    def is_full(self) -> bool:
        """Whether no more subjects may wait."""
        return self._number >= MOST_SUBJECTS

    def keep(self, socket: "Outgoing", subject: Hashable, parcel: Parcel) -> None:
        """A value waits, in the place of an earlier one."""
        values = self._values.setdefault(socket, {})
        self._number += subject not in values
        values[subject] = parcel

    def forget(self, socket: "Outgoing") -> None:
        """Nothing waits for a client any more."""
        self._number -= len(self._values.pop(socket, ()))

    def forget_subject(self, subject: Hashable) -> None:
        """No value of a subject waits any more, for nobody."""
        for values in self._values.values():
            self._number -= values.pop(subject, None) is not None

    def forget_closed(self) -> None:
        """Nothing waits for those who are gone."""
        for socket in [it for it in self._values if it.closed]:
            self.forget(socket)

    def take(self) -> list[tuple["Outgoing", Hashable, Parcel]]:
        """All that waits, which then waits no more."""
        values, self._values, self._number = self._values, {}, 0
        return [(it, *value) for it, by_subject in values.items() for value in by_subject.items()]


class Volatile:
    """Sends to the members of rings who keep up, and lets the others have the last value later."""

    def __init__(self) -> None:
        self._seen: set[tuple[Ring, Hashable]] = set()
        self._waiting: dict[tuple[Ring, Hashable], tuple[Parcel, Set[Outgoing]]] = {}
        self._put_off = PutOff()
        self._timer: asyncio.TimerHandle | None = None
        self.waits: Callable[[], bool] = lambda: False
        """Whether there is too much to do: asked before anything is sent."""

    def to_ring(self, ring: Ring, subject: Hashable, parcel: Parcel, skip: Set["Outgoing"]) -> None:
        """Send to the members of a ring. Does not suspend."""
        key = (ring, subject)
        self._set_timer()
        if key in self._waiting or (self._must_wait(key) and len(self._waiting) < MOST_SUBJECTS):
            self._waiting[key] = (parcel, skip)
            return
        if len(self._seen) < MOST_SUBJECTS:
            self._seen.add(key)
        self._shout(ring, subject, parcel, skip)

    def to_one(self, socket: "Outgoing", subject: Hashable, parcel: Parcel) -> None:
        """Send to one client, to whom a window does not apply. Does not suspend."""
        put_off = self._put_off
        if put_off.holds(socket, subject) or (self.waits() and not put_off.is_full()):
            self._set_timer()
            put_off.keep(socket, subject, parcel)
        else:
            socket.send_volatile(subject, parcel)

    def forget(self, socket: "Outgoing") -> None:
        """A client may no longer be told what waits for it alone, or is about to read what is newer."""
        self._put_off.forget(socket)
        socket.forget_volatile()

    def forget_subject(self, subject: Hashable) -> None:
        """Perhaps not all for whom alone a value of the subject waits may still be told."""
        self._put_off.forget_subject(subject)

    def _must_wait(self, key: tuple[Ring, Hashable]) -> bool:
        return key in self._seen or self.waits()

    def _set_timer(self) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(WINDOW_SECONDS, self._end_window)

    def _end_window(self) -> None:
        self._timer = None
        if self.waits():
            self._put_off.forget_closed()
            self._set_timer()
            return
        self._seen.clear()
        waiting, self._waiting = self._waiting, {}
        for (ring, subject), (parcel, skip) in waiting.items():
            self.to_ring(ring, subject, parcel, skip)
        for socket, subject, parcel in self._put_off.take():
            self.to_one(socket, subject, parcel)

    def _shout(self, ring: Ring, subject: Hashable, parcel: Parcel, skip: Set["Outgoing"]) -> None:
        self._slice([it for it in ring.members if it not in skip], ring, subject, parcel)

    def _slice(
        self, sockets: list["Outgoing"], ring: Ring, subject: Hashable, parcel: Parcel
    ) -> None:
        for socket in sockets[:SLICE]:
            if socket in ring.members:
                socket.send_volatile(subject, parcel, ring)
        if rest := sockets[SLICE:]:
            asyncio.get_running_loop().call_soon(self._slice, rest, ring, subject, parcel)
