"""One Socket.IO connection, from its handshake to its end: the only place that knows the library.

Events are told in the order they arrive, to a plain function.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import aiohttp
import engineio.base_client  # pyright: ignore[reportMissingTypeStubs]
import socketio  # pyright: ignore[reportMissingTypeStubs]
from socketio.exceptions import BadNamespaceError  # pyright: ignore[reportMissingTypeStubs]

from tertulia.client.errors import TertuliaError, Unreachable

HANDSHAKE_SECONDS = 10.0
FAREWELL_SECONDS = 2.0
POLLING_BODY = 200_000
"""How many bytes are given to one polling request; servers refuse a body of a MiB."""

Heard = Callable[..., None]
Acknowledged = Callable[..., None]

_log = logging.getLogger("tertulia.client")
_log.addHandler(logging.NullHandler())
_quiet = _log.getChild("socketio")
# Below that the library writes tokens and texts; and a lost connection is no news here.
_quiet.setLevel(logging.ERROR)

# The library forgets only those clients that it saw ending by themselves.
_known_to_library = cast("list[object]", engineio.base_client.connected_clients)


class Socket(Protocol):
    """What is used of `socketio.AsyncClient`."""

    eio: Any

    def on(self, event: str, handler: Callable[..., Any]) -> None: ...  # noqa: D102
    def transport(self) -> str: ...  # noqa: D102
    async def connect(self, url: str, **options: Any) -> None: ...  # noqa: D102
    async def emit(self, event: str, data: Any, *, callback: Acknowledged) -> None: ...  # noqa: D102
    async def disconnect(self) -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Endpoint:
    """Where and how to connect."""

    url: str
    path: str = "socket.io"
    transports: Sequence[str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def coming_back(self) -> "Endpoint":
        """The same for one who was there before: in a storm the server lets those in first."""
        return replace(self, url=urlsplit(self.url)._replace(query="resume=1").geturl())


class Connection:
    """A connection that is open until `wait_closed` returns."""

    def __init__(self, endpoint: Endpoint, heard: Heard) -> None:
        self._endpoint = endpoint
        self._hear: Heard | None = heard
        self._verdict: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closed = asyncio.Event()
        self._retry_after_ms: int | None = None
        self._answered = ""
        self._outgoing: asyncio.Queue[tuple[str, Any, Acknowledged]] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._http = aiohttp.ClientSession(trace_configs=[self._watch_requests()])
        self._socket = self._make_socket()

    def _make_socket(self) -> Socket:
        socket: Any = socketio.AsyncClient(
            reconnection=False,
            handle_sigint=False,
            request_timeout=HANDSHAKE_SECONDS,
            logger=cast("bool", _quiet),
            engineio_logger=_quiet,
            http_session=self._http,
            # A catch-up answers in one frame, which may be longer than aiohttp's default of 4 MiB.
            websocket_extra_options={"max_msg_size": 0},
        )
        socket.on("*", self._tell)
        socket.on("connect", self._note_acceptance)
        socket.on("connect_error", self._note_refusal)
        socket.on("disconnect", self._note_end)
        return socket

    async def open(self, auth: Mapping[str, Any]) -> None:
        """Shake hands.

        Raises:
            TertuliaError: The server refused; `Unreachable` if it did not answer.
        """
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._shake_hands(auth)
        except Exception as error:
            refusal = self._unreachable(self._answered or "there is no connection")
            refusal.__cause__ = error
            self._conclude(refusal)
            await self.close()
        except BaseException:
            self._verdict.cancel()
            await self.close()
            raise
        await self._verdict

    async def _shake_hands(self, auth: Mapping[str, Any]) -> None:
        await self._socket.connect(
            self._endpoint.url,
            headers=dict(self._endpoint.headers),
            auth=dict(auth),
            transports=self._endpoint.transports and list(self._endpoint.transports),
            namespaces=["/"],
            socketio_path=self._endpoint.path.strip("/"),
            wait=False,
        )
        # The event `disconnect` is not told where the transport ends at once.
        self._socket.eio.read_loop_task.add_done_callback(self._note_end)
        self._writer = asyncio.create_task(self._write())
        await asyncio.shield(self._verdict)

    def emit(self, event: str, data: Any, acknowledged: Acknowledged) -> None:
        """Send an event after those already given; `acknowledged` hears the answer, if one comes."""
        self._outgoing.put_nowait((event, data, acknowledged))

    async def wait_closed(self) -> None:
        """Return once the connection has ended, for whatever reason."""
        await self._closed.wait()

    async def close(self) -> None:
        """End the connection, with a farewell if the server still listens; nothing is told after."""
        self._hear = None
        if self._writer:
            self._writer.cancel()
        try:
            await self._say_farewell()
        finally:  # also where somebody does not wait for the farewell
            await self._http.close()
            self._closed.set()

    async def _say_farewell(self) -> None:
        eio = self._socket.eio
        leaving = asyncio.ensure_future(self._socket.disconnect())
        writing: asyncio.Task[None] | None = eio.write_loop_task
        # A polling read ends with the next ping, which is too long to wait for.
        said = writing if writing and self._socket.transport() == "polling" else leaving
        await asyncio.wait({said}, timeout=FAREWELL_SECONDS)
        tasks = [task for task in (leaving, writing, eio.read_loop_task) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if eio in _known_to_library:
            _known_to_library.remove(eio)

    async def _write(self) -> None:
        """Give packets to the library one by one, and no more than fits into a polling body."""
        given = 0
        while True:
            event, data, acknowledged = await self._outgoing.get()
            if self._socket.transport() == "polling":
                given += (size := len(json.dumps(data)))
                if given > POLLING_BODY:
                    await self._socket.eio.queue.join()
                    given = size
            with suppress(BadNamespaceError):
                await self._socket.emit(event, data, callback=acknowledged)

    def _tell(self, *event: object) -> None:
        if self._hear:
            self._hear(*event)

    def _conclude(self, error: TertuliaError | None) -> None:
        """Decide the handshake, once."""
        if not self._verdict.done():
            self._verdict.set_exception(error) if error else self._verdict.set_result(None)

    def _note_acceptance(self) -> None:
        self._conclude(None)

    def _note_end(self, *_: object) -> None:
        self._conclude(self._unreachable("it ended the connection"))
        self._closed.set()

    def _note_refusal(self, told: object = None) -> None:
        problem = cast("Mapping[str, Any]", told if isinstance(told, Mapping) else {})
        if isinstance(problem.get("data"), Mapping):
            problem = cast("Mapping[str, Any]", problem["data"])
        if "code" in problem:
            self._conclude(
                TertuliaError.from_wire({"retry_after_ms": self._retry_after_ms, **problem})
            )

    def _unreachable(self, reason: str) -> Unreachable:
        return Unreachable(
            f"{self._endpoint.url} cannot be reached: {reason}", retry_after_ms=self._retry_after_ms
        )

    def _watch_requests(self) -> aiohttp.TraceConfig:
        async def note(_: object, __: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
            seconds = end.response.headers.get("Retry-After", "")
            if seconds.isdecimal():
                self._retry_after_ms = int(seconds) * 1000
            if end.response.status >= 400:
                self._answered = f"it answered {end.response.status} {end.response.reason}"
            if end.method == "POST":
                # The library does not, and a response that is not read holds its connection.
                await end.response.read()

        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(note)
        return trace
