"""One client: what it is owed, its heartbeats, its upgrade and its end."""

import random
from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from tertulia.realtime.engine import packets
from tertulia.realtime.engine.packets import Malformed, Parcel
from tertulia.realtime.engine.rings import Ring, Stamped
from tertulia.realtime.engine.transports import Reason, Receiver, Transport

if TYPE_CHECKING:
    from tertulia.realtime.engine.server import Server
    from tertulia.realtime.engine.websocket import WebSocketTransport

Scope = dict[str, Any]
Owed = tuple[int, Parcel, Ring | None]
"""A parcel with its stamp and the ring that owes it, if one does."""

ALL = 1 << 30

MOST_SUBJECTS = 64
"""Volatile events that are kept for a client that is behind."""

FIRST_PING = (0.2, 1.0)
"""Of the interval, when the first heartbeat comes: at random, so that a storm of arrivals is not repeated."""


class Socket:
    """A client of the engine, over one transport at a time.

    All that is sent to it is in one order, whatever ring or call it comes from. `push` is the short way for
    a sweep: it is set only while the transport is ready and nothing else waits.
    """

    __slots__ = (
        "_behind",
        "_blocked",
        "_buffered",
        "_first",
        "_next_ping",
        "_patience",
        "_pending",
        "_pending_bytes",
        "_pong_until",
        "_volatile",
        "address",
        "closed",
        "due",
        "held",
        "holder",
        "overrun",
        "paused",
        "push",
        "receiver",
        "rings",
        "scope",
        "server",
        "session",
        "sid",
        "transport",
        "upgrading",
    )

    def __init__(self, server: "Server", sid: str, scope: Scope) -> None:
        self.server = server
        self.sid = sid
        self.scope: Scope | None = scope
        """Of the request that brought the packet in hand."""
        self.transport: Transport
        self.receiver: Receiver
        self.session: dict[str, Any] | None = None
        self.rings: set[Ring] = set()
        self.push: Callable[[bytes], None] | None = None
        self.address: str | None = None
        """Where it is counted as a connection."""
        self.holder: Hashable = None
        """Who opened it."""
        self.due = -1
        """Its place in the wheel."""
        self.closed = False
        self.held = 0
        """How many wait for something that must be sent first; until then all waits."""
        self.overrun = False
        """It holds too much, and is about to be closed."""
        self.paused = False
        """Nothing is read from it for now."""
        self.upgrading: WebSocketTransport | None = None
        """The one that is to take over from polling."""
        self._first: Parcel | None = None
        self._behind = False
        self._blocked: float | None = None
        self._buffered = 0
        self._pending: list[Stamped] = []
        self._pending_bytes = 0
        self._volatile: dict[Hashable, Parcel] | None = None
        now = server.now()
        self._next_ping = now + server.ping_interval * random.uniform(*FIRST_PING)  # noqa: S311
        self._pong_until: float | None = None
        self._patience: float | None = now + server.limits.handshake_seconds

    # --- towards the client ---------------------------------------------------------------------

    def send(self, parcel: Parcel) -> None:
        """Send after everything that was sent before. Does not suspend."""
        if not self.closed:
            self.server.flusher.to_socket(self, parcel)

    def send_volatile(self, subject: Hashable, parcel: Parcel) -> None:
        """Send if the client keeps up, else keep the last of a subject until it does."""
        push = self.push
        if push is not None and not self.server.flusher.owing(self):
            push(parcel.wire)
        elif not self.closed and not self._is_half_full():
            waiting = self._volatile = self._volatile or {}
            if subject in waiting or len(waiting) < MOST_SUBJECTS:
                waiting[subject] = parcel
            self.push = None
            self.server.flusher.touch(self)

    def send_first(self, parcel: Parcel) -> None:
        """For a transport that cannot send a heartbeat now: before anything else, when it can."""
        self._first = parcel
        self.server.flusher.touch(self)

    def queue(self, stamp: int, parcel: Parcel) -> None:
        """Add a parcel of its own, for `settle`."""
        self._pending.append((stamp, parcel))
        self._pending_bytes += len(parcel.wire)
        self.push = None

    def hold(self) -> None:
        """Send nothing until `release`."""
        self.held += 1
        self.push = None

    def release(self, stamp: int, parcel: Parcel) -> None:
        """Send what had to be first, then what waits."""
        self.held -= 1
        self.queue(stamp, parcel)
        self._pending.sort(key=_stamp)
        self.server.flusher.touch(self)

    def keep(self, ring: Ring) -> None:
        """Take over what a ring still owes, before it is left."""
        if ring.has_lost(self):
            self.server.overran(self)
            return
        owed = ring.owed(self, ring.head - ring.base)
        self._pending = sorted(self._pending + owed, key=_stamp)
        self._pending_bytes += _size(parcel for _, parcel in owed)
        self.push = None

    def settle(self) -> None:
        """Give the transport what is owed, in order, as much as it takes."""
        transport = self.transport
        while transport.ready and not self.held and not self.overrun and self._deliver():
            transport = self.transport
        if self.closed or self.overrun:
            self.push = None
        elif transport.ready and not self.held:
            self._behind, self._blocked = False, None
            self.push = transport.push
        else:
            self.push = None
            self._hold()

    def is_crowded(self) -> bool:
        """Whether whoever sends should give way to the transport."""
        return len(self._pending) > self.server.limits.outgoing_frames // 2

    def _deliver(self) -> bool:
        """Give the next parcels to the transport; false when there are none."""
        most = self.transport.most
        due = _fitting(self._owed(most), most)
        parcels = [parcel for _, parcel, _ in due]
        if self._first is not None:
            parcels, self._first = [self._first, *parcels], None
        if not parcels or self.overrun:
            return self._deliver_volatile()
        self._advance(due)
        self.transport.send(parcels)
        return True

    def _owed(self, most: int) -> list[Owed]:
        owed: list[Owed] = [(stamp, parcel, None) for stamp, parcel in self._pending[:most]]
        for ring in self._owing():
            if ring.has_lost(self):
                self.server.overran(self)
                return []
            owed += [(stamp, parcel, ring) for stamp, parcel in ring.owed(self, most)]
        owed.sort(key=_stamp)
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
        latest = {ring: stamp for stamp, _, ring in due if ring is not None}
        for ring, stamp in latest.items():
            self._got(ring, stamp)

    def _deliver_volatile(self) -> bool:
        volatile, self._volatile = self._volatile, None
        if volatile and not self.overrun:
            self.transport.send(list(volatile.values())[: self.transport.most])
        return False

    # --- when it is behind ----------------------------------------------------------------------

    def _hold(self) -> None:
        """It stays behind: mark with what, and end it when that is too much."""
        self._behind = True
        for ring in self.rings:
            if ring.members[self] < ring.head:
                ring.behind.add(self)
        frames, size = self._owes()
        limits = self.server.limits
        if frames > limits.outgoing_frames or size > limits.outgoing_bytes:
            self.server.overran(self)
        elif self._blocked is None and self.transport.name == "websocket":
            self._blocked, self._buffered = self.server.now(), self.transport.buffered()
            self.server.wheel.watch(self, limits.drain_seconds)

    def _owes(self) -> tuple[int, int]:
        """Parcels and bytes that wait for it, its transport's included."""
        frames, size = len(self._pending), self._pending_bytes + self.transport.buffered()
        for ring in self.rings if self._behind else ():
            if ring.has_lost(self):
                self.server.overran(self)
                break
            more_frames, more_bytes = ring.owes(self)
            frames, size = frames + more_frames, size + more_bytes
        return frames, size

    def _is_half_full(self) -> bool:
        frames, size = self._owes()
        limits = self.server.limits
        return frames > limits.outgoing_frames // 2 or size > limits.outgoing_bytes // 2

    def _is_stuck(self, now: float) -> bool:
        """Whether the client has taken nothing of what waits for a long time."""
        if self._blocked is None:
            return False
        buffered = self.transport.buffered()
        if buffered != self._buffered:
            self._blocked, self._buffered = now, buffered
        return now - self._blocked >= self.server.limits.drain_seconds

    # --- from the client ------------------------------------------------------------------------

    def receive(self, kind: str, data: str | bytes) -> None:
        """Carry out one packet of the client."""
        if self.closed:
            return
        if kind == packets.MESSAGE:
            self.receive_message(data)
        elif kind == packets.PONG:
            self.receive_pong()
        elif kind == packets.PING:
            self.abort(Reason.TRANSPORT_ERROR)

    def receive_message(self, data: str | bytes) -> None:
        """Carry out one message of the client."""
        try:
            self.receiver.received(data)
        except (Malformed, RecursionError):
            self.close(Reason.PARSE_ERROR)

    def receive_pong(self) -> None:
        """The client is there."""
        self._pong_until = None
        self._next_ping = self.server.now() + self.server.ping_interval

    def pause(self) -> None:
        """Read nothing more from the client for now."""
        self.paused = True
        self.transport.pause()

    def resume(self) -> None:
        """Read on."""
        self.paused = False
        self.transport.resume()

    # --- time -----------------------------------------------------------------------------------

    def expect(self) -> None:
        """Give the client the time of a handshake for what it owes."""
        seconds = self.server.limits.handshake_seconds
        self._patience = self.server.now() + seconds
        self.server.wheel.watch(self, seconds)

    def look(self, now: float) -> float:
        """Do what is due; in how many seconds to look again."""
        if self._patience is not None and now >= self._patience:
            self._patience = None
            if self.receiver.is_expected():
                self.close(Reason.TRANSPORT_ERROR)
        if self._pong_until is not None and now >= self._pong_until:
            self.close(Reason.PING_TIMEOUT)
        elif self._is_stuck(now):
            self.server.overran(self)
        elif self._pong_until is None and now >= self._next_ping and not self.closed:
            self._pong_until = now + self.server.ping_timeout
            self.transport.send_first(packets.PING_PARCEL)
        stuck = None if self._blocked is None else self._blocked + self.server.limits.drain_seconds
        next_beat = self._pong_until or self._next_ping
        return min(it for it in (next_beat, self._patience, stuck) if it is not None) - now

    # --- the upgrade ----------------------------------------------------------------------------

    def begin_upgrade(self, transport: "WebSocketTransport") -> bool:
        """A WebSocket is there to take over; false when it may not."""
        if self.closed or self.upgrading is not None or self.transport.name != "polling":
            return False
        self.upgrading = transport
        return True

    def probed(self) -> None:
        """The WebSocket works: the poll that waits is answered, so that the client can change over."""
        if self.transport.ready:
            self.transport.send([packets.NOOP_PARCEL])

    def give_up_upgrade(self, transport: "WebSocketTransport") -> None:
        """A WebSocket that was to take over is gone."""
        if self.upgrading is transport:
            self.upgrading = None

    def upgrade(self, transport: "WebSocketTransport") -> None:
        """Go on over the WebSocket."""
        old, self.transport = self.transport, transport
        self.upgrading = None
        old.abort()
        if self.paused:
            transport.pause()
        self.settle()

    # --- the end --------------------------------------------------------------------------------

    def close(self, reason: str, *last: Parcel, code: int | None = None) -> None:
        """End it, after what it is owed and the last parcels."""
        if self.closed:
            return
        owed = [] if self.overrun else [parcel for _, parcel, _ in self._owed(ALL)]
        self.closed = True
        self.transport.close([*owed, *last], code)
        self._over(reason)

    def abort(self, reason: str) -> None:
        """End it, whatever it is owed."""
        if not self.closed:
            self.closed = True
            self.transport.abort()
            self._over(reason)

    def transport_closed(self, transport: Transport, reason: str) -> None:
        """A transport is gone; if it is the one in use, so is the client."""
        if transport is self.transport and not self.closed:
            self.closed = True
            self._over(reason)

    def _over(self, reason: str) -> None:
        self.push = None
        self._pending, self._volatile, self._first = [], None, None
        if self.upgrading is not None:
            self.upgrading.abort()
        for ring in list(self.rings):
            self.server.flusher.forget(ring, self)
        self.server.ended(self)
        self.receiver.closed(reason)


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
