"""The fast driver under Uvicorn: `uvicorn app:asgi --ws tertulia.realtime.uvicorn_driver:WebSocketProtocol`.

Uvicorn hands over the connection of each WebSocket request. The application is called as ever, so that its
middleware sees the request. When the request comes to a server of this library, that takes the connection
and carries out packets where the bytes arrive; any other application is served by Uvicorn's own protocol.
"""

import asyncio
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha1
from typing import Any, Protocol, cast
from urllib.parse import unquote

from uvicorn.config import Config
from uvicorn.protocols.utils import ClientDisconnected, is_ssl
from uvicorn.protocols.websockets.auto import AutoWebSocketsProtocol
from uvicorn.server import ServerState

from tertulia.realtime.engine import eager
from tertulia.realtime.engine.asgi import EXTENSION
from tertulia.realtime.engine.stream import StreamTransport

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MOST_EARLY = 64 * 1024
"""Bytes that a client may send before its handshake is answered."""

_HEADER = re.compile(rb"\r\n([^:\r\n]++):([^\r\n]*+)")

Headers = list[tuple[bytes, bytes]]
Event = dict[str, Any]


class _Stage(Protocol):
    """Who has the word on a connection."""

    def feed(self, data: bytes) -> None:
        """Bytes came."""
        ...

    def lost(self) -> None:
        """The connection is gone."""
        ...

    def writable(self, ready: bool) -> None:
        """Whether the system takes more."""
        ...

    def shut_down(self) -> None:
        """The server stops."""
        ...


class WebSocketProtocol(asyncio.Protocol):
    """One connection, from its upgrade request to its end."""

    __slots__ = ("_connections", "_stage", "stream")

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self.stream: asyncio.Transport
        self._connections: set[Any] = server_state.connections
        self._stage: _Stage = _Request(self, config, server_state, app_state)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Uvicorn hands over a connection."""
        self.stream = transport  # type: ignore[assignment]
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._stage.feed(data)

    def eof_received(self) -> None:
        """The client writes no more: the connection is closed."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._connections.discard(self)
        self._stage.lost()

    def pause_writing(self) -> None:
        """The system takes no more for now."""
        self._stage.writable(False)

    def resume_writing(self) -> None:
        """The system takes more."""
        self._stage.writable(True)

    def shutdown(self) -> None:
        """Uvicorn stops."""
        self._stage.shut_down()

    def pass_to(self, stage: _Stage, *, counted: bool = True) -> None:
        """Somebody else has the word; `counted`: it is one of Uvicorn's connections by this object."""
        self._stage = stage
        if not counted:
            self._connections.discard(self)


class _Request:
    """Reads a request and calls the application with it."""

    def __init__(
        self, protocol: WebSocketProtocol, config: Config, state: ServerState, app_state: Event
    ) -> None:
        self._protocol = protocol
        self._config = config
        self._server_state = state
        self._app_state = app_state
        self._head: bytes | None = None
        self._key = b""
        self._early = bytearray()
        self._is_gone = False
        self._stock: _Stock | None = None

    # --- the connection -------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """The request; whatever follows it waits for the answer."""
        if self._head is not None:
            self._early += data
            if len(self._early) > MOST_EARLY:
                self._protocol.stream.abort()
            return
        self._head = data
        scope = self._scope(data)
        self._key = _key(scope["headers"]) if data.startswith(b"GET ") else b""
        if self._key:
            scope["extensions"][EXTENSION] = self
        application = cast("Any", self._config.loaded_app)
        eager.start(application(scope, self._receive, self._send), self._ended)

    def lost(self) -> None:
        """The client did not wait for the answer."""
        self._is_gone = True
        self._early.clear()

    def writable(self, ready: bool) -> None:
        """Nothing is written yet."""

    def shut_down(self) -> None:
        """The server stops."""
        self._protocol.stream.close()

    # --- the answer -----------------------------------------------------------------------------

    def accept(
        self, most_bytes: int, headers: Sequence[tuple[bytes, bytes]], subprotocol: str | None
    ) -> StreamTransport | None:
        """Answer the handshake (RFC 6455, 4.2.2): the connection is the caller's. None if it is gone."""
        stream = self._protocol.stream
        if self._is_gone or stream.is_closing():
            return None
        accepted = b64encode(sha1(self._key + GUID, usedforsecurity=False).digest())
        lines = [
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        ]
        lines += [b"%s: %s\r\n" % header for header in headers]
        if subprotocol is not None:
            lines.append(f"Sec-WebSocket-Protocol: {subprotocol}\r\n".encode("latin-1"))
        lines += [b"Sec-WebSocket-Accept: ", accepted, b"\r\n\r\n"]
        transport = StreamTransport(stream, most_bytes, b"".join(lines))
        self._protocol.pass_to(transport)
        if self._early:
            asyncio.get_running_loop().call_soon(transport.feed, bytes(self._early))
        return transport

    async def _receive(self) -> Event:
        return await self._ordinary().receive()

    async def _send(self, event: Event) -> None:
        await self._ordinary().send(event)

    def _ordinary(self) -> "_Stock":
        """The application is not of this library: from here on it is Uvicorn's own protocol."""
        if self._is_gone:
            raise ClientDisconnected
        if self._stock is None:
            self._stock = _Stock(self._config, self._server_state, self._app_state)
            self._protocol.pass_to(self._stock, counted=False)
            self._stock.begin(self._protocol.stream, (self._head or b"") + self._early)
        return self._stock

    def _ended(self, _result: Any, error: BaseException | None) -> None:
        if self._stock is not None:
            self._stock.end(error)
        elif error is not None and not self._is_gone:
            self._ordinary().end(error)

    def _scope(self, data: bytes) -> Event:
        path, _, query = data.split(b" ", 2)[1].partition(b"?")
        headers = [(name.lower(), value.strip()) for name, value in _HEADER.findall(data)]
        stream, root = self._protocol.stream, self._config.root_path
        return {
            "type": "websocket",
            "asgi": {"version": self._config.asgi_version, "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "wss" if is_ssl(stream) else "ws",
            "server": _address(stream.get_extra_info("sockname")),
            "client": _address(stream.get_extra_info("peername")),
            "root_path": root,
            "path": root + unquote(path.decode("latin-1")),
            "raw_path": root.encode() + path,
            "query_string": query,
            "headers": headers,
            "subprotocols": _subprotocols(headers),
            "state": self._app_state.copy(),
            "extensions": {"websocket.http.response": {}},
        }


class _Stock:
    """Uvicorn's own protocol, run by an application that was called already."""

    def __init__(self, config: Config, state: ServerState, app_state: Event) -> None:
        if AutoWebSocketsProtocol is None:
            raise RuntimeError("no WebSocket library is installed: pip install websockets")
        self._protocol: Any = AutoWebSocketsProtocol(
            config=config, server_state=state, app_state=app_state
        )
        self._protocol.app = self._bridge
        loop = asyncio.get_running_loop()
        self._calls: asyncio.Future[tuple[Any, Any]] = loop.create_future()
        self._ended: asyncio.Future[None] = loop.create_future()
        self._is_refused = False

    def begin(self, stream: asyncio.Transport, data: bytes) -> None:
        """Take over a connection with what came on it."""
        self._protocol.connection_made(stream)
        self._protocol.data_received(data)

    def end(self, error: BaseException | None) -> None:
        """The application is done."""
        if self._ended.done():
            return
        if error is None:
            self._ended.set_result(None)
        else:
            self._ended.set_exception(error)

    async def receive(self) -> Event:
        """The application's `receive`."""
        receive, _ = await asyncio.shield(self._calls)
        return await receive()

    async def send(self, event: Event) -> None:
        """The application's `send`."""
        _, send = await asyncio.shield(self._calls)
        await send(event)
        self._is_refused = event["type"] == "websocket.http.response.body"

    async def _bridge(self, _scope: Event, receive: Any, send: Any) -> None:
        self._calls.set_result((receive, send))
        await self._ended
        if self._is_refused:
            raise ClientDisconnected  # else Uvicorn complains that there was no handshake

    def feed(self, data: bytes) -> None:
        """Bytes came."""
        self._protocol.data_received(data)

    def lost(self) -> None:
        """The connection is gone; Uvicorn may have refused the request without a call."""
        self._protocol.connection_lost(None)
        if not self._calls.done():
            self._calls.set_result((_disconnected, _unheard))

    def writable(self, ready: bool) -> None:
        """Whether the system takes more."""
        if ready:
            self._protocol.resume_writing()
        else:
            self._protocol.pause_writing()

    def shut_down(self) -> None:
        """The server stops."""
        self._protocol.shutdown()


async def _disconnected() -> Event:
    return {"type": "websocket.disconnect", "code": 1006}


async def _unheard(_event: Event) -> None:
    """Nobody is there to hear it."""


def _key(headers: Headers) -> bytes:
    """The client's key, if the handshake is one that can be accepted (RFC 6455, 4.2.1)."""
    found = dict(headers)
    key = found.get(b"sec-websocket-key", b"")
    try:
        right = len(b64decode(key, validate=True)) == 16
    except NotBase64:
        right = False
    return key if right and found.get(b"sec-websocket-version") == b"13" else b""


def _address(name: Any) -> tuple[str, int | None] | None:
    """An address as ASGI has it; a path for a Unix socket."""
    if isinstance(name, tuple):
        host, port, *_ = cast("tuple[str, int]", name)
        return host, port
    return (str(name), None) if name else None


def _subprotocols(headers: Headers) -> list[str]:
    offered = [value for name, value in headers if name == b"sec-websocket-protocol"]
    return [it.strip() for it in b",".join(offered).decode("latin-1").split(",") if it.strip()]
