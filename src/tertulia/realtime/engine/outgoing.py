"""What one client is owed, from all the sides that it comes from, in one order."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.rings import Ring, Stamped
from tertulia.realtime.engine.transports import Reason, Transport

if TYPE_CHECKING:
    from tertulia.realtime.engine.server import Server

Owed = tuple[int, Parcel, Ring | None]
"""A parcel with its stamp and the ring that owes it, if one does."""

ALL = 1 << 30

FEW = 4
"""Packets of a parcel that may be counted without looking: `most` holds so many times as many."""

MOST_SUBJECTS = 64
"""Volatile events that are kept for a client that is behind."""


class Outgoing(ABC):
    """The way to one client, over one transport at a time.

    All that is sent is in one order, whatever ring or call it comes from. `push` is the short way for a
    sweep: it is set only while the transport is ready and nothing else waits. What waits is bounded; who
    holds more is closed (`overflowed`).
    """

    __slots__ = (
        "_behind",
        "_blocked",
        "_buffered",
        "_first",
        "_longest",
        "_pending",
        "_pending_bytes",
        "_relief",
        "_volatile",
        "closed",
        "held",
        "overrun",
        "push",
        "rings",
        "server",
        "transport",
    )

    def __init__(self, server: "Server") -> None:
        self.server = server
        self.transport: Transport
        self.rings: dict[Ring, None] = {}
        """A dictionary, which takes half of the memory of a set of this size."""
        self.push: Callable[[bytes], None] | None = None
        self.closed = False
        self.held = 0
        """How many wait for something that must be sent first; until then all waits."""
        self.overrun = False
        """It holds too much, and is about to be closed."""
        self._first: Parcel | None = None
        self._behind = False
        self._blocked: float | None = None
        self._buffered = 0
        self._longest = 0
        """Bytes of the longest parcel of its own since it was last up to date."""
        self._pending: list[Stamped] = []
        self._pending_bytes = 0
        self._relief: asyncio.Future[None] | None = None
        """Done when no longer much waits."""
        self._volatile: dict[tuple[Ring | None, Hashable], Parcel] | None = None

    @abstractmethod
    def overflowed(self, reason: str = Reason.SLOW) -> None:
        """More waits than may: it is closed, at the end of the turn."""

    @abstractmethod
    def look_in(self, seconds: float) -> None:
        """Look at it again in so many seconds."""

    def send(self, parcel: Parcel) -> None:
        """Send after everything that was sent before. Does not suspend."""
        if not self.closed:
            self.server.flusher.to_socket(self, parcel)

    def send_volatile(self, subject: Hashable, parcel: Parcel, ring: Ring | None = None) -> None:
        """Send if the client keeps up, else keep the last of a subject until it does.

        What a ring sends is dropped if the client has left it by then.
        """
        push = self.push
        if push is not None and not self.server.flusher.owing(self):
            push(parcel.wire)
        elif not self.closed and not self.is_half_full():
            waiting = self._volatile = self._volatile or {}
            if (ring, subject) in waiting or len(waiting) < MOST_SUBJECTS:
                waiting[ring, subject] = parcel
            self.push = None
            self.server.flusher.touch(self)

    def forget_volatile(self) -> None:
        """Nothing that may be lost and is for it alone waits any more."""
        waiting = self._volatile or {}
        self._volatile = {key: it for key, it in waiting.items() if key[0] is not None} or None

    def send_first(self, parcel: Parcel) -> None:
        """For a transport that cannot send a heartbeat now: before anything else, when it can."""
        self._first = parcel
        self.server.flusher.touch(self)

    def queue(self, stamp: int, parcel: Parcel) -> None:
        """Add a parcel of its own, for `settle`."""
        size = len(parcel.wire)
        self._pending.append((stamp, parcel))
        self._pending_bytes += size
        self._longest = max(self._longest, size)
        self.push = None

    def hold(self) -> None:
        """Send nothing until `release`."""
        self.held += 1
        self.push = None

    def release(self, *first: Stamped) -> None:
        """Send what had to be first, if anything, then what waits."""
        self.held -= 1
        for stamp, parcel in first:
            self.queue(stamp, parcel)
        self._pending.sort(key=_stamp)
        self.server.flusher.touch(self)

    def keep(self, ring: Ring) -> None:
        """Take over what a ring still owes, before it is left."""
        if ring.has_lost(self):
            self.overflowed()
            return
        owed = ring.owed(self, ring.head - ring.base)
        self._pending = sorted(owed + self._pending, key=_stamp)
        self._pending_bytes += _size(parcel for _, parcel in owed)
        self.push = None

    def settle(self) -> None:
        """Give the transport what is owed, in order, as much as it takes."""
        flusher = self.server.flusher
        if flusher.pause.is_on is not None and (stamp := flusher.withheld()) is not None:
            self._settle_in_pause(stamp)
            return
        transport = self.transport
        while transport.ready and not self.held and not self.overrun and self._deliver():
            transport = self.transport
        if self.closed or self.overrun:
            self.push = None
        elif transport.ready and not self.held:
            self._behind, self._blocked, self._longest = False, None, 0
            self.push = transport.push
        else:
            self.push = None
            self._hold()

    def _settle_in_pause(self, stamp: int) -> None:
        """Give the transport only what is the client's own and came after a stamp."""
        self.push = None
        self.server.flusher.pause.wait(self)
        if not self.transport.ready or self.held or self.overrun:
            return
        due = [] if self._first is None else [self._first]
        due += [parcel for at, parcel in self._pending if at > stamp]
        self._first = None
        self._pending = [it for it in self._pending if it[0] <= stamp]
        self._pending_bytes = _size(parcel for _, parcel in self._pending)
        if due:
            self.transport.send(due)

    def is_crowded(self) -> bool:
        """Whether whoever sends should give way to the transport."""
        return len(self._pending) > self.server.limits.outgoing_frames // 2

    async def give_way(self) -> None:
        """Wait for a turn of the loop if much waits; for a client that polls, until it has fetched some."""
        if not self.is_crowded():
            return
        await asyncio.sleep(0)
        if self.transport.name == "polling" and self.is_crowded() and not self.closed:
            if self._relief is None:
                self._relief = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._relief)

    def _relieve(self) -> None:
        if self._relief is not None:
            if not self._relief.done():
                self._relief.set_result(None)
            self._relief = None

    def take_all(self) -> list[Parcel]:
        """Everything that it is owed, for its last words; nothing if that is too much, or in a pause."""
        if self.overrun or self.server.flusher.withheld() is not None:
            return []
        return [parcel for _, parcel, _ in self._owed(ALL)]

    def drop(self) -> None:
        """It is owed nothing any more."""
        self.push = None
        self._pending, self._volatile, self._first = [], None, None
        self._relieve()

    def _deliver(self) -> bool:
        """Give the next parcels to the transport; false when there are none."""
        most = self.transport.most
        if self._has_own_alone(most):
            parcels = [parcel for _, parcel in self._pending]
            self._pending.clear()
            self._pending_bytes = 0
            self._relieve()
            self.transport.send(parcels)
            return False
        due = _fitting(self._owed(most), most)
        parcels = [parcel for _, parcel, _ in due]
        if self._first is not None:
            parcels, self._first = [self._first, *parcels], None
        if not parcels or self.overrun:
            return self._deliver_volatile()
        self._advance(due)
        self.transport.send(parcels)
        return True

    def _has_own_alone(self, most: int) -> bool:
        """Whether it is owed a few parcels of its own and nothing else: an answer, nearly always."""
        return (
            0 < len(self._pending) <= most // FEW
            and not self._behind
            and self._first is None
            and self._volatile is None
            and not self.server.flusher.owing(self)
            and all(len(parcel.packets) <= FEW for _, parcel in self._pending)
        )

    def _owed(self, most: int) -> list[Owed]:
        owed: list[Owed] = []
        for ring in self._owing():
            if ring.has_lost(self):
                self.overflowed()
                return []
            owed += [(stamp, parcel, ring) for stamp, parcel in ring.owed(self, most)]
        owed += [(stamp, parcel, None) for stamp, parcel in self._pending[:most]]
        owed.sort(key=_stamp)  # what is released comes behind what has the same stamp
        return owed

    def _owing(self) -> list[Ring]:
        """The rings that owe it something that it is not to skip."""
        rings = self.rings if self._behind else self.server.flusher.owing(self)
        owing = [ring for ring in rings if ring.members[self] < ring.head]
        if not owing:
            return owing
        return [ring for ring in owing if ring.has_lost(self) or not self._got(ring)]

    def _got(self, ring: Ring, stamp: int = 0) -> bool:
        """Note that it has what a ring held up to a stamp; true when it is owed no more."""
        if not ring.advance(self, stamp):
            return False
        self.server.flusher.caught_up(ring, self)
        return True

    def _advance(self, due: list[Owed]) -> None:
        own = [parcel for _, parcel, ring in due if ring is None]
        del self._pending[: len(own)]
        self._pending_bytes -= _size(own)
        if not self.is_crowded():
            self._relieve()
        latest = {ring: stamp for stamp, _, ring in due if ring is not None}
        for ring, stamp in latest.items():
            self._got(ring, stamp)

    def _deliver_volatile(self) -> bool:
        volatile, self._volatile = self._volatile or {}, None
        kept = [it for (ring, _), it in volatile.items() if ring is None or ring in self.rings]
        if kept and not self.overrun:
            self.transport.send(kept[: self.transport.most])
        return False

    # --- when it is behind ----------------------------------------------------------------------

    def _hold(self) -> None:
        """It stays behind: mark with what, and end it when that is too much."""
        self._behind = True
        for ring in self._owing():
            ring.behind.add(self)
        frames, size = self._owes()
        limits = self.server.limits
        if frames > limits.outgoing_frames or size > limits.outgoing_bytes:
            self.overflowed()
        elif self._blocked is None and self.transport.name == "websocket":
            self._blocked, self._buffered = self.server.now(), self.transport.buffered()
            self.look_in(limits.drain_seconds)

    def _owes(self) -> tuple[int, int]:
        """Parcels and bytes that wait for it, its transport's included.

        Its longest parcel does not count: a long answer makes nobody slow.
        """
        size = self._pending_bytes + self.transport.buffered() - self._longest
        frames = len(self._pending)
        for ring in self.rings if self._behind else ():
            if ring.has_lost(self):
                self.overflowed()
                break
            more_frames, more_bytes = ring.owes(self)
            frames, size = frames + more_frames, size + more_bytes
        return frames, size

    def is_half_full(self) -> bool:
        """Whether half of what may wait for it waits."""
        frames, size = self._owes()
        limits = self.server.limits
        return frames > limits.outgoing_frames // 2 or size > limits.outgoing_bytes // 2

    def is_stuck(self, now: float) -> bool:
        """Whether the client has taken nothing of what waits for a long time."""
        if self._blocked is None:
            return False
        buffered = self.transport.buffered()
        if buffered != self._buffered:
            self._blocked, self._buffered = now, buffered
        return now - self._blocked >= self.server.limits.drain_seconds

    def stuck_at(self) -> float | None:
        """When it will have taken nothing for too long."""
        return None if self._blocked is None else self._blocked + self.server.limits.drain_seconds


def _stamp(owed: tuple[Any, ...]) -> int:
    return owed[0]


def _size(parcels: Iterable[Parcel]) -> int:
    return sum(len(parcel.wire) for parcel in parcels)


def _fitting(owed: list[Owed], most: int) -> list[Owed]:
    """The first parcels that hold no more than so many packets; one in any case."""
    count = 0
    for at, (_, parcel, _) in enumerate(owed):
        count += len(parcel.packets)
        if count > most and at:
            return owed[:at]
    return owed
