"""Fan-out: a ring of the latest parcels per audience, and a cursor per member.

A parcel is put into a ring once. At the end of the turn of the loop a sweep brings every member up to date
with one write of everything between its cursor and the head; all who stand at the same cursor share the same
bytes. A member that cannot take more stays where it is and goes on from there later. While a sweep is under
way what is emitted waits for the next one, so the window grows by itself under load, and only then.

Every parcel has a stamp, and a member in several rings, or with parcels of its own, gets them in that order.
"""

import asyncio
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Set
from itertools import islice
from typing import TYPE_CHECKING

from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.pausing import Pause
from tertulia.realtime.engine.transports import Reason

if TYPE_CHECKING:
    from tertulia.realtime.engine.outgoing import Outgoing

KEPT = 256
KEPT_BYTES = 1024 * 1024
"""What a ring keeps for those who are behind."""

MOST = 1024
MOST_BYTES = 4 * 1024 * 1024
"""What a ring holds while a sweep is under way; then the sweep is finished at once."""

CROWDED = 64
CROWDED_BYTES = 256 * 1024
"""From where on whoever emits gives way to the sweep."""

SLICE = 256
"""Members in one turn of the loop: about a millisecond of writing."""

Stamped = tuple[int, Parcel]
NONE: frozenset["Ring"] = frozenset()


class Ring:
    """The latest parcels of one audience, and how far each of its members has come."""

    __slots__ = ("_ends", "_parcels", "_skips", "_stamps", "base", "behind", "head", "members")

    def __init__(self) -> None:
        self.members: dict[Outgoing, int] = {}
        """The position of the next parcel that each is owed."""
        self.behind: set[Outgoing] = set()
        """Members whom a sweep could not bring to the head."""
        self.base = 0
        self.head = 0
        """Positions of the oldest parcel that is here, and of the next to come."""
        self._parcels: list[Parcel] = []
        self._stamps: list[int] = []
        self._ends: list[int] = []
        """Bytes of all parcels up to and with each, counted from some parcel long ago."""
        self._skips: dict[int, Set[Outgoing]] = {}

    def append(self, stamp: int, parcel: Parcel, skip: Set["Outgoing"]) -> None:
        """Add a parcel for all members but some."""
        if skip:
            self._skips[self.head] = skip
        self._ends.append((self._ends[-1] if self._ends else 0) + len(parcel.wire))
        self._parcels.append(parcel)
        self._stamps.append(stamp)
        self.head += 1

    def wire(self, cursor: int) -> bytes:
        """Everything from a cursor on, as WebSocket frames."""
        parcels = self._parcels
        first = cursor - self.base
        if first == len(parcels) - 1:
            return parcels[first].wire
        return b"".join([parcel.wire for parcel in parcels[first:]])

    def owed(self, socket: "Outgoing", most: int) -> list[Stamped]:
        """The next parcels of a member with their stamps, at most so many."""
        cursor = self.members[socket]
        first, skips = cursor - self.base, self._skips
        stamped = zip(self._stamps[first:], self._parcels[first:], strict=True)
        if skips:
            stamped = (
                it for at, it in enumerate(stamped, cursor) if socket not in skips.get(at, ())
            )
        return list(islice(stamped, most))

    def advance(self, socket: "Outgoing", stamp: int = 0) -> bool:
        """A member has got everything up to and with a stamp. True when it is owed no more."""
        first = bisect_right(self._stamps, stamp, self.members[socket] - self.base)
        cursor = self.base + first
        while cursor < self.head and socket in self._skips.get(cursor, ()):
            cursor += 1
        self.members[socket] = cursor
        return cursor == self.head

    def owes(self, socket: "Outgoing") -> tuple[int, int]:
        """How many parcels and bytes a member is behind."""
        first = self.members[socket] - self.base
        if first == len(self._parcels):
            return 0, 0
        before = self._ends[first] - len(self._parcels[first].wire)
        return len(self._parcels) - first, self._ends[-1] - before

    def has_lost(self, socket: "Outgoing") -> bool:
        """Whether what a member is owed next is no longer here."""
        return self.members[socket] < self.base

    def is_full(self) -> bool:
        """Whether no more may come before a sweep."""
        return len(self._parcels) >= MOST or self._bytes() >= MOST_BYTES

    def is_crowded(self) -> bool:
        """Whether whoever emits should give way."""
        return len(self._parcels) >= CROWDED or self._bytes() >= CROWDED_BYTES

    def skipped(self) -> Set["Outgoing"]:
        """All who are to skip one of the parcels that are here."""
        if not self._skips:
            return frozenset()
        skipped: set[Outgoing] = set()
        return skipped.union(*self._skips.values())

    def trim(self, reached: int) -> None:
        """Drop what every member has got; of what only those behind lack, keep the latest."""
        keep = reached - self.base
        if self.behind:
            least = self._ends[-1] - KEPT_BYTES if self._ends else 0
            keep = min(keep, max(len(self._parcels) - KEPT, bisect_left(self._ends, least)))
        if keep <= 0:
            return
        del self._parcels[:keep], self._stamps[:keep], self._ends[:keep]
        self.base += keep
        if self._skips:
            self._skips = {at: skip for at, skip in self._skips.items() if at >= self.base}

    def _bytes(self) -> int:
        return self._ends[-1] - self._ends[0] if self._ends else 0


class _Sweep:
    """The way of a ring around its members."""

    __slots__ = ("_at", "_sockets", "reached", "ring")

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.reached = ring.head
        self._sockets = list(ring.members)
        self._at = 0

    def take(self, count: int) -> list["Outgoing"]:
        """The next members to visit."""
        batch = self._sockets[self._at : self._at + count]
        self._at += len(batch)
        return batch

    def is_over(self) -> bool:
        """Whether all were visited."""
        return self._at >= len(self._sockets)


class Flusher:
    """Brings sockets what they are owed, at the end of each turn of the loop."""

    def __init__(self) -> None:
        self.stamp = 0
        """Of the latest parcel."""
        self.pause = Pause()
        self._sockets: dict[Outgoing, None] = {}
        self._active: set[Ring] = set()
        """Rings that hold what a sweep has yet to bring."""
        self._sweeps: deque[_Sweep] = deque()
        self._scheduled = False

    def to_ring(self, ring: Ring, parcel: Parcel, skip: Set["Outgoing"] = frozenset()) -> None:
        """Emit to the members of a ring. Does not suspend."""
        if not ring.members:
            return
        if ring.is_full() and self.withheld() is None:
            self._finish(ring)
        self.stamp += 1
        ring.append(self.stamp, parcel, skip)
        if ring not in self._active:
            self._active.add(ring)
            self._sweeps.append(_Sweep(ring))
        self._schedule()

    def to_socket(self, socket: "Outgoing", parcel: Parcel) -> None:
        """Emit to one socket. Does not suspend."""
        self.stamp += 1
        socket.queue(self.stamp, parcel)
        self.touch(socket)

    def join(self, ring: Ring, socket: "Outgoing") -> None:
        """From now on a socket hears what is emitted to a ring."""
        if socket not in ring.members:
            ring.members[socket] = ring.head
            socket.rings[ring] = None

    def leave(self, ring: Ring, socket: "Outgoing") -> None:
        """A socket still gets what was emitted before, and nothing of what comes."""
        if socket not in ring.members:
            return
        if ring.members[socket] < ring.head:
            socket.keep(ring)
            self.pause.withhold(self.stamp)
            self.touch(socket)
        self.forget(ring, socket)

    def forget(self, ring: Ring, socket: "Outgoing") -> None:
        """A member is gone, whatever it is owed."""
        del ring.members[socket]
        socket.rings.pop(ring, None)
        self.caught_up(ring, socket)

    def caught_up(self, ring: Ring, socket: "Outgoing") -> None:
        """A member is no longer behind: what was kept for it alone can go."""
        ring.behind.discard(socket)
        if not ring.behind and ring not in self._active:
            ring.trim(ring.head)

    def owing(self, socket: "Outgoing") -> Set[Ring]:
        """The rings whose sweeps may not have come to a socket yet."""
        return self._active & socket.rings.keys() if self._active else NONE

    def touch(self, socket: "Outgoing") -> None:
        """Settle with a socket at the end of the turn."""
        self._sockets[socket] = None
        self._schedule()

    def withheld(self) -> int | None:
        """The stamp up to which nothing is written while there is a pause."""
        return self.pause.withheld(self.stamp)

    def resume(self) -> None:
        """A pause is over: write what waited."""
        self._sockets.update(self.pause.take())
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._scheduled = False
        if self._sockets:
            sockets, self._sockets = self._sockets, {}
            for socket in sockets:
                socket.settle()
        if self.withheld() is not None:
            return
        budget = SLICE
        for _ in range(len(self._sweeps)):
            sweep = self._sweeps.popleft()
            budget -= self._advance(sweep, budget)
            if not sweep.is_over():
                self._sweeps.append(sweep)
                break
            self._end(sweep)
        if self._sweeps or self._sockets:
            self._schedule()

    def _advance(self, sweep: _Sweep, most: int) -> int:
        """Bring the next members of a sweep up to date; how many they were."""
        ring = sweep.ring
        members, head, skipped = ring.members, ring.head, ring.skipped()
        is_alone = len(self._active) == 1
        common, wire = -1, b""
        batch = sweep.take(most)
        for socket in batch:
            cursor = members.get(socket, head)
            if cursor == head:
                continue
            push = socket.push
            if (
                push is None
                or not (is_alone or self._owes_alone(ring, socket))
                or (skipped and socket in skipped)
            ):
                socket.settle()
                continue
            if cursor != common:
                common, wire = cursor, ring.wire(cursor)
            members[socket] = head
            try:
                push(wire)
            except Exception:
                socket.overflowed(Reason.TRANSPORT_ERROR)
        return len(batch)

    def _owes_alone(self, ring: Ring, socket: "Outgoing") -> bool:
        """Whether no other ring that is being swept may owe a member something."""
        active, rings = self._active, socket.rings
        if len(rings) == 1:
            return True
        if len(rings) > len(active):
            return all(it is ring or it not in rings for it in active)
        return sum(other in active for other in rings) == 1

    def _end(self, sweep: _Sweep) -> None:
        ring = sweep.ring
        ring.trim(sweep.reached)
        if ring.head > sweep.reached:
            self._sweeps.append(_Sweep(ring))
        else:
            self._active.discard(ring)

    def _finish(self, ring: Ring) -> None:
        """Sweep the whole ring now: who can take it gets it, the others stay behind."""
        for sweep in [it for it in self._sweeps if it.ring is ring]:
            self._sweeps.remove(sweep)
        sweep = _Sweep(ring)
        self._advance(sweep, len(ring.members))
        self._active.discard(ring)
        ring.trim(sweep.reached)
