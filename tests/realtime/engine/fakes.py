"""A server whose clients are lists: what is written to each is recorded, and it takes as much as it is told."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Self

from tertulia.chaos.simulation.virtual_time import VirtualLoop
from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.engine.packets import Parcel, message
from tertulia.realtime.engine.server import Server
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.transports import Transport

OPEN = "0"


def packets_of(wire: bytes) -> list[str]:
    """The text packets in a server's frames."""
    packets, at = [], 0
    while at < len(wire):
        size, start = wire[at + 1], at + 2
        if size >= 126:
            extra = 2 if size == 126 else 8
            size = int.from_bytes(wire[start : start + extra], "big")
            start += extra
        packets.append(wire[start : start + size].decode())
        at = start + size
    return packets


class FakeTransport(Transport):
    """A WebSocket, or with `name="polling"` polls that are answered once."""

    __slots__ = (
        "closing",
        "code",
        "credit",
        "held_bytes",
        "most",
        "name",
        "packets",
        "socket",
        "writes",
    )

    def __init__(self, name: str = "websocket") -> None:
        self.name = name
        self.most = 64 if name == "websocket" else 16
        self.packets: list[str] = []
        self.writes: list[int] = []
        """How many packets each write held."""
        self.credit: float = float("inf") if name == "websocket" else 0
        """Writes that it takes before it is asked again."""
        self.held_bytes = 0
        self.closing = False
        self.code: int | None = None
        self.socket: Socket

    @property
    def ready(self) -> bool:
        return self.credit > 0 and not self.closing

    @property
    def push(self) -> Callable[[bytes], None] | None:
        return self.write if self.name == "websocket" else None

    def write(self, wire: bytes) -> None:
        assert self.ready, "written to a transport that is not ready"
        packets = packets_of(wire)
        self.packets += packets
        self.writes.append(len(packets))
        self.credit -= 1
        if self.credit <= 0:
            self.socket.push = None  # as `pause_writing` does it

    def send(self, parcels: Sequence[Parcel]) -> None:
        assert parcels
        self.write(b"".join(parcel.wire for parcel in parcels))

    def send_first(self, parcel: Parcel) -> None:
        if self.name == "polling" and not self.ready:
            self.socket.send_first(parcel)
        else:
            self.packets += packets_of(parcel.wire)

    def buffered(self) -> int:
        return self.held_bytes

    def close(self, parcels: Sequence[Parcel] = (), code: int | None = None) -> None:
        self.packets += packets_of(b"".join(parcel.wire for parcel in parcels))
        self.closing, self.code = True, code

    def abort(self) -> None:
        self.closing = True

    def pause(self) -> None:
        """Nothing is read from it anyway."""

    def resume(self) -> None:
        """Nothing is read from it anyway."""

    def take(self, writes: float = float("inf")) -> None:
        """The client takes so many writes more, or asks for the next packets."""
        self.credit = writes
        self.socket.settle()


class Wire(asyncio.Transport):
    """The system's side: what was written, and how far it was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.unread = 0
        self.reading = True
        self.ended: str | None = None

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = high

    def get_write_buffer_size(self) -> int:
        return self.unread

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.ended is not None

    def close(self) -> None:
        self.ended = self.ended or "closed"

    def abort(self) -> None:
        self.ended = self.ended or "aborted"

    def pause_reading(self) -> None:
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.reading
        self.reading = True


class Ear:
    """Hears of one socket, and whether something is expected of it."""

    def __init__(self) -> None:
        self.messages: list[str | bytes] = []
        self.reasons: list[str] = []
        self.expected = False

    def opened(self) -> None:
        """It is open."""

    def received(self, data: str | bytes) -> None:
        self.messages.append(data)

    def closed(self, reason: str) -> None:
        self.reasons.append(str(reason))

    def is_expected(self) -> bool:
        return self.expected


class World:
    """A server in virtual time."""

    def __init__(self, limits: Limits | None = None, **options: Any) -> None:
        self.loop = VirtualLoop()
        times: dict[str, Any] = {"ping_interval": 1e6, "ping_timeout": 1e6}
        self.server = Server(limits=limits, **(times | options))
        self.server.receiver_of = lambda _socket: Ear()
        self.flusher = self.server.flusher

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.close()

    def socket(self, name: str = "websocket", transport: FakeTransport | None = None) -> Socket:
        """A client that has its OPEN packet."""
        transport = transport or FakeTransport(name)
        with self.loop.within():
            socket = Socket(self.server, self.server.generate_id(), {})
            socket.receiver = self.server.receiver_of(socket)
            self.server.sockets[socket.sid] = socket
            transport.socket = socket
            transport.credit = max(transport.credit, 1)
            self.server.start(socket, transport)
        self.loop.settle()
        assert transport.packets[0].startswith(OPEN)
        transport.packets.clear()
        transport.writes.clear()
        return socket


def transport_of(socket: Socket) -> FakeTransport:
    """The transport in use."""
    transport = socket.transport
    assert isinstance(transport, FakeTransport)
    return transport


def ear_of(socket: Socket) -> Ear:
    """Who hears of it."""
    ear = socket.receiver
    assert isinstance(ear, Ear)
    return ear


def parcel(text: str, size: int = 0) -> Parcel:
    """A message, filled up to a size."""
    return message(text.ljust(size, "."))


def received(*transports: FakeTransport) -> list[str]:
    """The messages that were written, without their filling."""
    return [
        packet[1:].rstrip(".")
        for transport in transports
        for packet in transport.packets
        if packet.startswith("4")
    ]
