"""Engine.IO over a WebSocket, whatever carries its frames."""

import asyncio
from abc import abstractmethod
from base64 import b64encode
from typing import TYPE_CHECKING

from tertulia.realtime.engine import frames, packets
from tertulia.realtime.engine.packets import Malformed, Parcel
from tertulia.realtime.engine.transports import Reason, Transport

if TYPE_CHECKING:
    from tertulia.realtime.engine.socket import Socket

PROBE = "probe"
MOST = 64
"""Packets written at once before it is asked again whether the client takes them."""


class WebSocketTransport(Transport):
    """The packets of one WebSocket. Subclasses carry the frames."""

    __slots__ = ("_patience", "_probing", "base64", "probed", "socket")

    name = "websocket"
    most = MOST

    def __init__(self) -> None:
        self.socket: Socket
        self._probing = False
        self.probed = False
        self._patience: asyncio.TimerHandle | None = None
        self.base64 = False
        """The client takes no binary frames (`b64=1`): they are text."""

    @abstractmethod
    def send_text(self, text: str) -> None:
        """Send a packet in front of all that waits, ready or not."""

    def open(self, socket: "Socket", *, probing: bool = False) -> None:
        """Carry a socket from now on, or try to take it over."""
        self.socket = socket
        self._probing = probing
        if probing:
            seconds = socket.server.limits.handshake_seconds
            loop = asyncio.get_running_loop()
            self._patience = loop.call_later(seconds, self._give_up_probe)

    def receive_text(self, text: str) -> None:
        """Carry out a packet."""
        if self._probing:
            self._probe(text)
        elif text[:1] == packets.MESSAGE:
            self.socket.receive_message(text[1:])
        else:
            self._receive_other(text)

    def receive_binary(self, data: bytes) -> None:
        """Carry out a binary message."""
        if self._probing:
            self.fail()
        else:
            self.socket.receive_message(data)

    def send_first(self, parcel: Parcel) -> None:
        """Send a heartbeat in front of all that waits, ready or not."""
        for packet in parcel.packets:
            self.send_text(str(packet))

    def abort(self) -> None:
        """Close without sending what waits at the socket."""
        self.close()

    def fail(self, code: int = frames.NO_STATUS, reason: str = Reason.TRANSPORT_ERROR) -> None:
        """The client broke the rules: close, and end what it carries."""
        self.close((), code)
        self.over(reason)

    def over(self, reason: str = Reason.TRANSPORT_CLOSE) -> None:
        """The WebSocket is gone."""
        if self._probing:
            self._end_probe()
            self.socket.give_up_upgrade(self)
        else:
            self.socket.transport_closed(self, reason)

    def _give_up_probe(self) -> None:
        if self._probing:
            self.fail()

    def _end_probe(self) -> None:
        self._probing = False
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _receive_other(self, text: str) -> None:
        try:
            kind, data = packets.decode(text)
        except Malformed:
            self.socket.close(Reason.PARSE_ERROR)
        else:
            self.socket.receive(kind, data)

    def _probe(self, text: str) -> None:
        if self.socket.closed:
            self.socket.server.forget(self.socket)
            self.fail()
        elif text == packets.PING + PROBE:
            self.probed = True
            self.send_text(packets.PONG + PROBE)
            self.socket.probed()
        elif text[:1] == packets.UPGRADE:
            self._end_probe()
            self.socket.upgrade(self)
        else:
            self.fail()


def as_text(packet: str | bytes) -> str:
    """A packet for a client that takes no binary frames."""
    return packet if isinstance(packet, str) else f"b{b64encode(packet).decode()}"
