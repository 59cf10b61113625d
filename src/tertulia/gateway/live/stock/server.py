"""A `socketio.AsyncServer` on mended transports."""

import logging
from collections.abc import Callable, Hashable, Iterable
from typing import Any

import socketio
from engineio import packet as eio_packet
from socketio import packet as sio_packet
from socketio.exceptions import ConnectionRefusedError as ConnectionRefused

from tertulia.gateway import strict_json
from tertulia.gateway.live.stock.engine import Engine
from tertulia.kernel.limits import Limits

RESERVED = frozenset({"connect", "disconnect"})

Scope = dict[str, Any]

__all__ = ["ConnectionRefused", "StockServer"]

_silent: Any = logging.getLogger("tertulia.gateway.live.stock")
# By its level: a `logging.config.dictConfig` of the program around would enable it again.
_silent.setLevel(logging.CRITICAL + 1)


class Packet(sio_packet.Packet):
    """A packet whose JSON is read as strictly as a body's."""

    json = strict_json.Wire


class StockServer(socketio.AsyncServer):
    """A `socketio.AsyncServer`.

    `holder` names the credential of a request: all requests of a session must bring the same. `opened`
    is told the scope that opens a transport and answers what to call when it is closed. `slow` is told
    the id of a connection that does not take what is sent to it.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        namespaces: Iterable[str],
        holder: Callable[[Scope], Hashable],
        opened: Callable[[Scope], Callable[[], None]],
        slow: Callable[[str], None],
    ) -> None:
        self.limits = limits
        self.holder = holder
        self.opened = opened
        self._slow = slow
        super().__init__(
            async_mode="asgi",
            logger=_silent,
            engineio_logger=_silent,
            namespaces=list(namespaces),
            serializer=Packet,
            cors_allowed_origins=[],
            ping_interval=limits.ping_interval,
            ping_timeout=limits.ping_timeout,
            max_http_buffer_size=limits.frame_bytes,
            http_compression=False,
        )
        self.eio.house = self

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def emit(
        self,
        event: str,
        data: Any = None,
        to: Any = None,
        room: Any = None,
        skip_sid: Any = None,
        namespace: str | None = None,
        callback: Any = None,
        ignore_queue: bool = False,
    ) -> None:
        """Encode once, and put the same packet into the queue of each. Does not suspend."""
        namespace = namespace or "/"
        arguments = [] if data is None else list(data) if isinstance(data, tuple) else [data]
        packet = Packet(
            sio_packet.EVENT, namespace=namespace, data=[event, *arguments], binary=False
        )
        frame = eio_packet.Packet(eio_packet.MESSAGE, packet.encode())
        skipped = set(skip_sid if isinstance(skip_sid, list) else [skip_sid])
        for sid, eio_sid in self.manager.get_participants(namespace, to or room):
            socket = self.eio.sockets.get(eio_sid)
            if socket is not None and sid not in skipped:
                socket.put(frame)

    async def disconnect(
        self, sid: str, namespace: str | None = None, ignore_queue: bool = False
    ) -> None:
        """End a connection and its transport, once what is queued has been sent."""
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace or "/")
        await super().disconnect(sid, namespace, ignore_queue)
        await self.close(eio_sid)

    async def close(self, eio_sid: str | None) -> None:
        """End a transport with all its connections."""
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None:
            await socket.close(reason=self.reason.SERVER_DISCONNECT)

    def is_idle(self, eio_sid: str) -> bool:
        """Whether a transport carries no connection."""
        return not any(
            self.manager.is_connected(self.manager.sid_from_eio_sid(eio_sid, name), name)
            for name in self.namespaces
        )

    def overrun(self, eio_sid: str) -> None:
        """The queue of a transport is full: its connections are told that they are slow."""
        for name in self.namespaces:
            sid = self.manager.sid_from_eio_sid(eio_sid, name)
            if sid is not None:
                self._slow(sid)

    async def take(self, eio_sid: str, data: str | bytes) -> None:
        """Carry out a packet of a client. `ValueError` for what is none."""
        packet = self._decoded(eio_sid, data)
        if packet is None:
            return
        namespace = packet.namespace or "/"
        if packet.packet_type == sio_packet.CONNECT:
            await self._handle_connect(eio_sid, namespace, packet.data)
        elif packet.packet_type == sio_packet.DISCONNECT:
            await self._handle_disconnect(eio_sid, namespace, self.reason.CLIENT_DISCONNECT)
        elif not self._is_connected(eio_sid, namespace):
            raise ValueError("not connected")
        elif packet.packet_type in {sio_packet.EVENT, sio_packet.BINARY_EVENT}:
            await self._handle_event(eio_sid, namespace, packet.id, _event(packet.data))

    async def _handle_event_internal(
        self,
        server: Any,
        sid: str,
        eio_sid: str,
        data: Any,
        namespace: str,
        id: Any,  # noqa: A002
    ) -> None:
        answer = await self._trigger_event(data[0], namespace, sid, *data[1:])
        socket = self.eio.sockets.get(eio_sid)
        if id is not None and socket is not None:
            packet = Packet(sio_packet.ACK, namespace=namespace, id=id, data=[answer], binary=False)
            socket.put(eio_packet.Packet(eio_packet.MESSAGE, packet.encode()))

    def _decoded(self, eio_sid: str, data: str | bytes) -> sio_packet.Packet | None:
        """The packet that is complete with this; none while attachments are to come."""
        packet = self._binary_packet.pop(eio_sid, None)
        if isinstance(data, bytes) != (packet is not None):
            raise ValueError("text and attachments out of order")
        if packet is not None:
            complete = packet.add_attachment(data)
        else:
            packet = Packet(encoded_packet=data)
            complete = _check(packet, self.limits.attachments)
        if complete:
            return packet
        self._binary_packet[eio_sid] = packet
        return None

    def _is_connected(self, eio_sid: str, namespace: str) -> bool:
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        return self.manager.is_connected(sid, namespace)

    async def _handle_connect(self, eio_sid: str, namespace: str, data: Any) -> None:
        socket = self.eio.sockets[eio_sid]
        self.environ[eio_sid] = {"asgi.scope": socket.scope}
        await super()._handle_connect(eio_sid, namespace, data)
        if socket.closing:
            await self._handle_disconnect(eio_sid, namespace, self.reason.TRANSPORT_CLOSE)

    async def _handle_disconnect(self, eio_sid: str, namespace: str, reason: Any = None) -> None:
        await super()._handle_disconnect(eio_sid, namespace, reason)
        socket = self.eio.sockets.get(eio_sid)
        if socket is not None:
            socket.expect_connection()

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, {"asgi.scope": environ["asgi.scope"]})

    async def _handle_eio_disconnect(self, eio_sid: str, reason: Any) -> None:
        self._binary_packet.pop(eio_sid, None)
        await super()._handle_eio_disconnect(eio_sid, reason)


def _check(packet: sio_packet.Packet, most_attachments: int) -> bool:
    """Whether a packet is complete without attachments. `ValueError` when it is none at all."""
    binary = packet.packet_type in {sio_packet.BINARY_EVENT, sio_packet.BINARY_ACK}
    if packet.packet_type not in range(7) or packet.packet_type == sio_packet.CONNECT_ERROR:
        raise ValueError("no packet of a client")
    if binary != (packet.attachment_count > 0) or packet.attachment_count > most_attachments:
        raise ValueError("a wrong number of attachments")
    return not binary


def _event(data: Any) -> list[Any]:
    if not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise ValueError("no event")
    if data[0] in RESERVED:
        raise ValueError("a reserved name")
    return data
