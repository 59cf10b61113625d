"""One client's transport, polling or WebSocket: a queue towards it, and what it sends."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from engineio import async_socket, exceptions, packet
from engineio.async_drivers.asgi import WebSocket

if TYPE_CHECKING:
    from tertulia.gateway.live.stock.engine import Engine

FLUSH_SECONDS = 1.0
BREATH = 64
"""Packets of one polling body that are carried out before others have their turn."""
FULL_BYTES = 4 * 1024 * 1024
"""What may wait for a client that does not take it when one more packet comes, of whatever size."""

log = structlog.get_logger(__name__)


class Broken(exceptions.EngineIOError):
    """What a client sent is no packet: its transport is closed."""


class Socket(async_socket.AsyncSocket):
    """The library's socket with a bound, timers without tasks, and an end that is one."""

    server: "Engine"

    def __init__(self, server: "Engine", sid: str, scope: dict[str, Any]) -> None:
        super().__init__(server, sid)
        self.scope = scope
        """Of the request that brought the packet in hand."""
        self.holder = server.house.holder(scope)
        self._told_closed = server.house.opened(scope)
        self._waiting_bytes = 0
        self._polling = False
        self._sent_all = asyncio.Event()
        self._ping: asyncio.TimerHandle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._writer: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self.expect_connection()

    # --- towards the client ---------------------------------------------------------------------

    def put(self, pkt: packet.Packet) -> None:
        """Queue a packet for the client. Does not suspend."""
        if self.closing or self.closed:
            return
        if self._waiting_bytes > FULL_BYTES:
            self._empty()
            self.server.house.overrun(self.sid)
            return
        self._waiting_bytes += _size(pkt)
        self.queue.put_nowait(pkt)

    async def send(self, pkt: packet.Packet) -> None:
        """Queue a packet for the client."""
        self.put(pkt)

    async def poll(self) -> list[packet.Packet]:
        """What waits for the client, or the first thing that comes. Empty when it is over."""
        first = await self.queue.get()
        packets = [] if first is None else [first]
        most = None if self.upgraded else self.server.house.limits.poll_packets
        while packets and not self.queue.empty() and len(packets) != most:
            following = self.queue.get_nowait()
            if following is None:
                self.queue.put_nowait(None)
                break
            packets.append(following)
        self._waiting_bytes -= sum(map(_size, packets))
        return packets

    async def answer_poll(self) -> list[packet.Packet]:
        """The packets of a polling reply. `Broken` when two ask at once."""
        if self._polling:
            raise Broken
        self._polling = True
        try:
            packets = await self.poll()
        finally:
            self._polling = False
        if _is_last(packets):
            self._sent_all.set()
        return packets or [packet.Packet(packet.CLOSE)]

    # --- from the client ------------------------------------------------------------------------

    async def handle_get_request(self, environ: dict[str, Any]) -> Any:
        """Answer a poll, or carry on as a WebSocket."""
        scope = environ["asgi.scope"]
        if scope["type"] == "websocket":
            if self.upgrading:
                raise Broken
            return await WebSocket(partial(self._carry_on, scope), self.server)(environ)
        if self.upgrading or self.upgraded:
            return [packet.Packet(packet.NOOP)]
        return await self.answer_poll()

    async def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Carry out every packet of a polling body, in order."""
        body = await environ["wsgi.input"].read()
        for count, encoded in enumerate(_split(body), start=1):
            if self.closing or self.closed:
                break
            self.scope = environ["asgi.scope"]
            await self.receive(self._decoded(encoded))
            if count % BREATH == 0:
                await asyncio.sleep(0)

    async def receive(self, pkt: packet.Packet) -> None:
        """Carry out one packet. `Broken` when a client does not send such."""
        if self.closing or self.closed:
            return
        if pkt.packet_type == packet.PONG:
            self.schedule_ping()
        elif pkt.packet_type == packet.MESSAGE:
            await self._receive_message(pkt.data)
        elif pkt.packet_type == packet.CLOSE:
            await self.close(abort=True, reason=self.server.reason.CLIENT_DISCONNECT)
        elif pkt.packet_type != packet.UPGRADE:
            raise Broken

    def _decoded(self, encoded: str | bytes) -> packet.Packet:
        if len(encoded) > self.server.max_http_buffer_size:
            raise Broken
        try:
            return packet.Packet(encoded_packet=encoded)
        except (ValueError, IndexError, RecursionError) as error:
            raise Broken from error

    async def _receive_message(self, data: Any) -> None:
        try:
            await self.server.house.take(self.sid, data)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise Broken from error

    # --- a WebSocket ----------------------------------------------------------------------------

    async def _carry_on(self, scope: dict[str, Any], ws: Any) -> None:
        """Speak over a WebSocket until either side ends it."""
        if self.connected and not await self._is_probed(ws):
            await ws.close()
            return
        self.connected = self.upgraded = True
        writer = self._writer = asyncio.ensure_future(self._write_all(ws))
        reader = asyncio.ensure_future(self._read_all(scope, ws))
        try:
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
            await self.close(abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            reader.cancel()
            await asyncio.wait({writer, reader}, timeout=FLUSH_SECONDS)
        finally:
            reader.cancel()
            writer.cancel()

    async def _is_probed(self, ws: Any) -> bool:
        """Whether the client goes through with its upgrade, in the time of a handshake."""
        self.upgrading = True
        try:
            async with asyncio.timeout(self.server.house.limits.handshake_seconds):
                probe = self._decoded(await ws.wait())
                if (probe.packet_type, probe.data) != (packet.PING, "probe"):
                    return False
                await ws.send(packet.Packet(packet.PONG, data="probe").encode())
                self.put(packet.Packet(packet.NOOP))
                return self._decoded(await ws.wait()).packet_type == packet.UPGRADE
        except (OSError, Broken):
            return False
        finally:
            self.upgrading = False

    async def _read_all(self, scope: dict[str, Any], ws: Any) -> None:
        with suppress(OSError, Broken):
            while not self.closed:
                pkt = self._decoded(await ws.wait())
                self.scope = scope
                await self.receive(pkt)

    async def _write_all(self, ws: Any) -> None:
        packets = [packet.Packet(packet.NOOP)]
        with suppress(OSError, RuntimeError):
            while packets and not _is_last(packets):
                packets = await self.poll()
                for pkt in packets:
                    await ws.send(pkt.encode())
        self._sent_all.set()
        await ws.close()

    # --- the end --------------------------------------------------------------------------------

    def expect_connection(self) -> None:
        """Close unless it carries a connection within the time of a handshake."""
        if self.closing:
            return
        if self._patience is not None:
            self._patience.cancel()
        loop = asyncio.get_running_loop()
        seconds = self.server.house.limits.handshake_seconds
        self._patience = loop.call_later(seconds, self._lose_patience)

    async def close(self, wait: bool = True, abort: bool = False, reason: Any = None) -> None:
        """End the session: its connections first; unless `abort`, the client is told; the transport."""
        if self.closing or self.closed:
            return
        if not abort:
            self.queue.put_nowait(packet.Packet(packet.CLOSE))
        self.closing = True
        for timer in filter(None, (self._ping, self._patience)):
            timer.cancel()
        self._told_closed()
        await self.server.tell_closed(self.sid, reason)
        if wait and not abort:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sent_all.wait(), FLUSH_SECONDS)
        self._over()

    async def check_ping_timeout(self) -> bool:
        """Close when the last heartbeat was not answered in time."""
        asked = self.last_ping
        now = asyncio.get_running_loop().time()
        if asked and now - asked > self.server.ping_timeout:
            self._end(self.server.reason.PING_TIMEOUT)
            return False
        return not self.closed

    def schedule_ping(self) -> None:
        """The next heartbeat, once the last one was answered."""
        if self.last_ping:
            self.last_ping = None
            loop = asyncio.get_running_loop()
            self._ping = loop.call_later(self.server.ping_interval, self._beat)

    def _beat(self) -> None:
        self.last_ping = asyncio.get_running_loop().time()
        self.put(packet.Packet(packet.PING))

    def _lose_patience(self) -> None:
        if self.server.house.is_idle(self.sid):
            self._end(self.server.reason.TRANSPORT_ERROR)

    def _end(self, reason: Any) -> None:
        self._ending = asyncio.ensure_future(self.close(reason=reason))

    def _over(self) -> None:
        self.closed = True
        self._empty()
        self.queue.put_nowait(None)
        self.server.sockets.pop(self.sid, None)
        if self._writer is not None and not self._sent_all.is_set():
            self._writer.cancel()

    def _empty(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        self._waiting_bytes = 0


def _split(body: bytes) -> list[str]:
    try:
        return body.decode("utf-8").split("\x1e") if body else []
    except UnicodeDecodeError as error:
        raise Broken from error


def _size(pkt: packet.Packet) -> int:
    encoded: Any = pkt.encode()
    return len(encoded)


def _is_last(packets: list[packet.Packet]) -> bool:
    return any(pkt.packet_type == packet.CLOSE for pkt in packets)
