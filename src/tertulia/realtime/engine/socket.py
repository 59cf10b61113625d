"""One client: its heartbeats, its upgrade and its end."""

import asyncio
from collections.abc import Hashable
from random import Random
from typing import TYPE_CHECKING, Any

from tertulia.realtime.engine import packets
from tertulia.realtime.engine.outgoing import Outgoing
from tertulia.realtime.engine.packets import Malformed, Parcel
from tertulia.realtime.engine.polling import PollingTransport
from tertulia.realtime.engine.transports import Reason, Receiver, Transport

if TYPE_CHECKING:
    from tertulia.realtime.engine.server import Server
    from tertulia.realtime.engine.websocket import WebSocketTransport

Scope = dict[str, Any]
FIRST_PING = (0.2, 1.0)
"""Of the interval, when the first heartbeat comes: at random, so that a storm of arrivals is not repeated."""
CHANCE = Random()  # noqa: S311 - no secret
"""Of its own: the sequence that an application has seeded is not drawn from."""


class Socket(Outgoing):
    """A client of the engine."""

    __slots__ = (
        "_next_ping",
        "_patience",
        "_pong_until",
        "address",
        "due",
        "holder",
        "paused",
        "receiver",
        "scope",
        "session",
        "sid",
        "upgrading",
    )

    def __init__(self, server: "Server", sid: str, scope: Scope) -> None:
        super().__init__(server)
        self.sid = sid
        self.scope: Scope | None = scope
        """Of the request that brought the packet in hand."""
        self.receiver: Receiver
        self.session: dict[str, Any] | None = None
        self.address: str | None = None
        """Where it is counted as a connection."""
        self.holder: Hashable = None
        """Who opened it."""
        self.due = -1
        """Its place in the wheel."""
        self.paused = False
        """Nothing is read from it for now."""
        self.upgrading: WebSocketTransport | None = None
        """The one that is to take over from polling."""
        now = server.now()
        self._next_ping = now + server.ping_interval * CHANCE.uniform(*FIRST_PING)
        self._pong_until: float | None = None
        self._patience: float | None = now + server.limits.handshake_seconds

    def overflowed(self, reason: str = Reason.SLOW) -> None:
        """It does not keep up, or floods: it is closed, at the end of the turn."""
        if not self.overrun and not self.closed:
            self.overrun, self.push = True, None
            asyncio.get_running_loop().call_soon(self.server.dismiss, self, reason)

    def look_in(self, seconds: float) -> None:
        """Look at it again in so many seconds."""
        self.server.wheel.watch(self, seconds)

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
        self.look_in(self.server.ping_interval)

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
        self.look_in(seconds)

    def look(self, now: float) -> float:
        """Do what is due; in how many seconds to look again."""
        if self._patience is not None and now >= self._patience:
            self._patience = None
            if self.receiver.is_expected():
                self.close(Reason.TRANSPORT_ERROR)
        if self._pong_until is not None and now >= self._pong_until:
            self.close(Reason.PING_TIMEOUT)
        elif self.is_stuck(now):
            self.overflowed()
        elif self._pong_until is None and now >= self._next_ping and not self.closed:
            self._pong_until = now + self.server.ping_timeout
            self.transport.send_first(packets.PING_PARCEL)
        next_beat = self._pong_until or self._next_ping
        times = (next_beat, self._patience, self.stuck_at())
        return min(it for it in times if it is not None) - now

    # --- the upgrade ----------------------------------------------------------------------------

    def begin_upgrade(self, transport: "WebSocketTransport") -> bool:
        """A WebSocket is there to take over; false when it may not."""
        if self.closed or self.upgrading is not None or self.transport.name != "polling":
            return False
        self.upgrading = transport
        return True

    def is_changing_over(self) -> bool:
        """Whether the client has found its WebSocket to work, and is to leave polling."""
        return self.upgrading is not None and self.upgrading.probed

    def probed(self) -> None:
        """The WebSocket works: the poll that waits is answered, so that the client can change over."""
        if self.transport.ready:
            self.transport.send([packets.NOOP_PARCEL])

    def give_up_upgrade(self, transport: "WebSocketTransport") -> None:
        """A WebSocket that was to take over is gone."""
        if self.upgrading is transport:
            self.upgrading = None

    def upgrade(self, transport: "WebSocketTransport") -> None:
        """Go on over the WebSocket. Clients end their requests before; who does not is closed."""
        old = self.transport
        if isinstance(old, PollingTransport) and old.is_posting:
            self.abort(Reason.TRANSPORT_ERROR)
            return
        self.transport = transport
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
        owed = self.take_all()
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
        self.drop()
        if self.upgrading is not None:
            self.upgrading.abort()
        for ring in list(self.rings):
            self.server.flusher.forget(ring, self)
        self.server.ended(self)
        self.receiver.closed(reason)
