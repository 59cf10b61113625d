"""An optional shorter way in: `uvicorn app:asgi --http tertulia.realtime.uvicorn_http:HttpProtocol --ws …`.

Uvicorn parses each request before it hands a WebSocket over, and waits for the head of one for ever. This
looks at the first head of a connection itself: a plain WebSocket handshake goes to the WebSocket protocol
at once; all others, and all that is not beyond doubt, to Uvicorn's own HTTP protocol with every byte.
"""

import asyncio
import re
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.server import ServerState

HEAD_SECONDS = 10.0
"""From a connection to the end of its first head."""

MOST_HEAD = 64 * 1024
TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n"

_HANDSHAKE = re.compile(
    rb"GET /[!-~]*+ HTTP/1\.1\r\n(?:[-!#$%&'*+.^_`|~0-9A-Za-z]++:[ -~\t]*+\r\n)++\r\n"
)
"""A request without a body whose octets can be read in one way only (RFC 9112, 3 and 5).

Possessive, so that no octet is looked at twice: a head is judged in linear time, whatever is in it.
"""

_UPGRADE = re.compile(rb"\r\nupgrade:[ \t]*websocket[ \t]*\r\n", re.IGNORECASE)
_CONNECTION = re.compile(rb"\r\nconnection:[^\r]*\bupgrade\b[^\r]*\r\n", re.IGNORECASE)
_HOST = re.compile(rb"\r\nhost:", re.IGNORECASE)
_BODY = re.compile(rb"\r\n(?:content-length|transfer-encoding|expect):", re.IGNORECASE)


class HttpProtocol(asyncio.Protocol):
    """Waits for the first head of a connection, and hands the connection on."""

    __slots__ = ("_app_state", "_config", "_deadline", "_head", "_state", "_stream")

    ordinary: type[asyncio.Protocol] = AutoHTTPProtocol
    """What serves everything that is no plain handshake."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self._config = config
        self._state = server_state
        self._app_state = app_state
        self._head = b""
        self._stream: asyncio.Transport
        self._deadline: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connected."""
        self._stream = transport  # type: ignore[assignment]
        self._connections.add(self)
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(HEAD_SECONDS, self._stream.abort)

    def data_received(self, data: bytes) -> None:
        """Bytes of the first head, and perhaps more."""
        head = self._head = self._head + data if self._head else data
        if head.endswith(b"\r\n\r\n") and is_handshake(head) and self._config.ws_protocol_class:
            self._hand_on(self._config.ws_protocol_class)
        elif b"\r\n\r\n" in head:
            self._hand_on(self.ordinary)
        elif len(head) > MOST_HEAD:
            self._stream.write(TOO_LONG)
            self._stream.close()

    def eof_received(self) -> None:
        """The client gave up: the connection is closed."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._deadline.cancel()
        self._connections.discard(self)

    def shutdown(self) -> None:
        """Uvicorn stops."""
        self._stream.close()

    @property
    def _connections(self) -> set[Any]:
        return self._state.connections

    def _hand_on(self, protocol_class: Any) -> None:
        self._deadline.cancel()
        self._connections.discard(self)
        protocol = protocol_class(
            config=self._config, server_state=self._state, app_state=self._app_state
        )
        self._stream.set_protocol(protocol)
        protocol.connection_made(self._stream)
        protocol.data_received(self._head)


def is_handshake(head: bytes) -> bool:
    """Whether a head is that of a plain WebSocket handshake, beyond doubt."""
    return (
        _HANDSHAKE.fullmatch(head) is not None
        and _UPGRADE.search(head) is not None
        and _CONNECTION.search(head) is not None
        and len(_HOST.findall(head)) == 1
        and _BODY.search(head) is None
    )
