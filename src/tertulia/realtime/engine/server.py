"""The Engine.IO server: sockets by their ids, and how they come and go."""

import asyncio
import json as stdlib_json
import logging
import os
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Protocol

from tertulia.realtime.engine import asgi
from tertulia.realtime.engine.admission import Admission
from tertulia.realtime.engine.application import Application, Handler
from tertulia.realtime.engine.handshake import OriginPolicy, Origins, Request, Scope
from tertulia.realtime.engine.journal import logger_of
from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.engine.packets import OPEN, Parcel, message
from tertulia.realtime.engine.polling import PollingTransport
from tertulia.realtime.engine.rings import Flusher
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.transports import Reason, Receiver, Transport
from tertulia.realtime.engine.volatile import Volatile
from tertulia.realtime.engine.wheel import Wheel

TRANSPORTS = ("polling", "websocket")
ID_BYTES, IDS = 15, 64
"""Of an id, and how many are made at once: the system is asked for chance once for all of them."""


class Json(Protocol):
    """A JSON module."""

    def dumps(self, obj: Any, **options: Any) -> str:
        """Encode."""
        ...

    def loads(self, s: str, **options: Any) -> Any:
        """Decode."""
        ...


class Server:
    """An Engine.IO server with the API of `engineio.AsyncServer`.

        eio = engine.Server()

        @eio.on("message")
        async def message(sid, data):
            await eio.send(sid, data)

        app = engine.ASGIApp(eio)

    Times are seconds; `ping_interval` may be a tuple (interval, grace), which are added. Every limit is in
    `limits`.
    """

    reason = Reason

    def __init__(
        self,
        *,
        async_mode: str = "asgi",
        ping_interval: float | tuple[float, float] = 25,
        ping_timeout: float = 20,
        max_http_buffer_size: int = 1_000_000,
        allow_upgrades: bool = True,
        http_compression: bool = True,
        compression_threshold: int = 1024,
        cookie: str | dict[str, Any] | None = None,
        cors_allowed_origins: Origins = None,
        cors_credentials: bool = True,
        transports: str | list[str] | None = None,
        async_handlers: bool = True,
        json: Json | None = None,
        logger: bool | logging.Logger = False,
        monitor_clients: bool = True,
        limits: Limits | None = None,
    ) -> None:
        if async_mode != "asgi":
            raise ValueError("the only mode is asgi")
        interval = ping_interval if isinstance(ping_interval, tuple) else (ping_interval, 0)
        self.ping_interval = float(sum(interval))
        self.ping_timeout = float(ping_timeout)
        self.max_http_buffer_size = max_http_buffer_size
        self.allow_upgrades = allow_upgrades
        self.http_compression = http_compression
        self.compression_threshold = compression_threshold
        self.cookie = cookie
        self.transports = _transports(transports)
        self.async_handlers = async_handlers
        self.json: Json = stdlib_json if json is None else json
        self.limits = limits or Limits()
        self.logger = logger_of(logger)
        self.origins = OriginPolicy(cors_allowed_origins, credentials=cors_credentials)
        self.admission = Admission(self.limits)
        self.flusher = Flusher()
        self.volatile = Volatile()
        shortest = min(self.ping_interval, self.ping_timeout, self.limits.handshake_seconds)
        self.wheel = Wheel(shortest)
        self.sockets: dict[str, Socket] = {}
        """Those that are open, and those whose last packets wait to be fetched."""
        self._ids: list[str] = []
        self._leaving: dict[str, asyncio.TimerHandle] = {}
        self.handlers: dict[str, Handler] = {}
        self.receiver_of: Callable[[Socket], Receiver] = lambda socket: Application(self, socket)
        self.greet: Callable[[Socket], Awaitable[bool | str]] | None = None
        """Asked before a socket is opened; anything but True refuses it."""
        self.goodbye: Callable[[Socket, str], Parcel | None] = lambda _socket, _reason: None
        """The last words to a socket that is closed for a reason of the server's."""
        self.holder_of: Callable[[Request], Hashable] = lambda _request: None
        """Whose request it is: to any but who opened it, a session is unknown."""
        self.remember: Callable[[Scope], Scope] = lambda scope: scope
        """What is kept of a request, to be read in a handler's `environ`."""
        self.keeps_latest = False
        """Whether `environ` is of the latest request of a client that polls; else of its first."""
        self.sid_prefix = ""
        """What the ids of sessions begin with, in characters that a URL takes as they are: whoever gets a
        request can tell by its `sid` which of several servers it is for."""

    # --- handlers -------------------------------------------------------------------------------

    def on(self, event: str, handler: Handler | None = None) -> Any:
        """Register the handler of `connect`, `message` or `disconnect`; a decorator without one."""
        if event not in {"connect", "message", "disconnect"}:
            raise ValueError("Invalid event")

        def register(handler: Handler) -> Handler:
            self.handlers[event] = handler
            if event == "connect":
                self.greet = self._greet
            return handler

        return register if handler is None else register(handler)

    async def _greet(self, socket: Socket) -> bool | str:
        return await Application(self, socket).greet()

    # --- clients --------------------------------------------------------------------------------

    async def send(self, sid: str, data: Any) -> None:
        """Send text, bytes, or a list or dictionary as JSON. Unknown clients are passed over."""
        socket = self.sockets.get(sid)
        if socket is None or socket.closed:
            self.logger.warning("Cannot send to sid %s", sid)
            return
        if not isinstance(data, str | bytes):
            data = self.json.dumps(data, separators=(",", ":"))
        socket.send(message(data))
        await socket.give_way()

    async def get_session(self, sid: str) -> dict[str, Any]:
        """A client's own dictionary. `KeyError` for one who is not there."""
        socket = self._socket(sid)
        if socket.session is None:
            socket.session = {}
        return socket.session

    async def save_session(self, sid: str, session: dict[str, Any]) -> None:
        """Store a client's own dictionary."""
        self._socket(sid).session = session

    @asynccontextmanager
    async def session(self, sid: str) -> AsyncGenerator[dict[str, Any]]:
        """A client's own dictionary, stored at the end of the block."""
        session = await self.get_session(sid)
        yield session
        await self.save_session(sid, session)

    def transport(self, sid: str) -> str:
        """`polling` or `websocket`."""
        return self._socket(sid).transport.name

    async def disconnect(self, sid: str | None = None) -> None:
        """Close a client, or all."""
        sockets = list(self.sockets.values()) if sid is None else [self.sockets.get(sid)]
        for socket in filter(None, sockets):
            socket.close(Reason.SERVER_DISCONNECT)

    def _socket(self, sid: str) -> Socket:
        socket = self.sockets[sid]
        if socket.closed:
            raise KeyError("Session is disconnected")
        return socket

    # --- background -----------------------------------------------------------------------------

    def start_background_task(
        self, target: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> asyncio.Task[Any]:
        """Run a coroutine function in a task."""
        return asyncio.ensure_future(target(*args, **kwargs))

    async def sleep(self, seconds: float = 0) -> None:
        """Give way to others."""
        await asyncio.sleep(seconds)

    def create_queue(self, *args: Any, **kwargs: Any) -> asyncio.Queue[Any]:
        """A queue."""
        return asyncio.Queue(*args, **kwargs)

    def get_queue_empty_exception(self) -> type[Exception]:
        """What an empty queue raises."""
        return asyncio.QueueEmpty

    def create_event(self) -> asyncio.Event:
        """An event."""
        return asyncio.Event()

    async def shutdown(self) -> None:
        """Stop the timers. Call it before the web server goes."""
        self.wheel.stop()

    def generate_id(self) -> str:
        """A new id: 20 characters, 120 random bits."""
        if not self._ids:
            octets = os.urandom(ID_BYTES * IDS)
            cuts = range(0, len(octets), ID_BYTES)
            self._ids = [urlsafe_b64encode(octets[it : it + ID_BYTES]).decode() for it in cuts]
        return self._ids.pop()

    # --- the edge -------------------------------------------------------------------------------

    async def handle_request(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one ASGI scope."""
        await asgi.handle(self, scope, receive, send)

    def now(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    def open(self, request: Request) -> Socket:
        """A new socket, known by its id. `start` is to follow."""
        sid = self.sid_prefix + self.generate_id()
        socket = Socket(self, sid, self.remember(request.scope))
        socket.address = self.admission.opened(request)
        socket.holder = self.holder_of(request)
        socket.receiver = self.receiver_of(socket)
        self.sockets[socket.sid] = socket
        return socket

    def note(self, socket: Socket, request: Request) -> None:
        """A client has made another request."""
        if self.keeps_latest:
            socket.scope = self.remember(request.scope)

    def start(self, socket: Socket, transport: Transport) -> None:
        """Send the OPEN packet, and begin the heartbeats."""
        socket.transport = transport
        greeting = Parcel(f'{OPEN}{{"sid":"{socket.sid}",{self._hello(transport.name)}}}')
        if transport.ready:
            transport.send([greeting])
            socket.push = transport.push
        else:
            socket.send_first(greeting)
        self.wheel.watch(socket, min(self.ping_interval, self.limits.handshake_seconds))
        socket.receiver.opened()

    @lru_cache(maxsize=4)  # noqa: B019 - a server lives as long as its process
    def _hello(self, transport: str) -> str:
        can_upgrade = (
            transport == "polling" and self.allow_upgrades and "websocket" in self.transports
        )
        hello = {
            "upgrades": ["websocket"] if can_upgrade else [],
            "pingInterval": int(self.ping_interval * 1000),
            "pingTimeout": int(self.ping_timeout * 1000),
            "maxPayload": self.max_http_buffer_size,
        }
        return stdlib_json.dumps(hello, separators=(",", ":"))[1:-1]

    def ended(self, socket: Socket) -> None:
        """A socket is closed; what it sent last may still wait for a poll."""
        self.wheel.forget(socket)
        self.admission.closed(socket.address)
        transport = socket.transport
        if isinstance(transport, PollingTransport) and transport.has_last():
            seconds = self.limits.handshake_seconds
            self._leaving[socket.sid] = asyncio.get_running_loop().call_later(
                seconds, self.forget, socket
            )
        else:
            self.forget(socket)

    def discard(self, socket: Socket) -> None:
        """A socket was not started, and never will be."""
        self.admission.closed(socket.address)
        self.forget(socket)

    def forget(self, socket: Socket) -> None:
        """Nothing of a socket is needed any more."""
        self.sockets.pop(socket.sid, None)
        timer = self._leaving.pop(socket.sid, None)
        if timer is not None:
            timer.cancel()

    def lost(self, sid: str) -> None:
        """A client that polls did not get an answer: end it, since what it was sent is not sent again."""
        socket = self.sockets.get(sid)
        if socket is not None and socket.transport.name == "polling":
            socket.abort(Reason.TRANSPORT_ERROR)

    def dismiss(self, socket: Socket, reason: str) -> None:
        """Close a client with the last words that it is given."""
        last = self.goodbye(socket, reason)
        socket.close(reason, *([last] if last else []))


def _transports(wanted: str | list[str] | None) -> tuple[str, ...]:
    if wanted is None:
        return TRANSPORTS
    names = [wanted] if isinstance(wanted, str) else wanted
    allowed = tuple(name for name in names if name in TRANSPORTS)
    if not allowed:
        raise ValueError("No valid transports provided")
    return allowed
