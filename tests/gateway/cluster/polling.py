"""Gateways on a bus in memory, and clients that poll at whichever they like."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tertulia.gateway.caller import Caller
from tertulia.gateway.cluster.forwarding import Forwarding
from tertulia.gateway.live.door import Door
from tertulia.gateway.live.engine import open_server
from tertulia.gateway.load import Load
from tertulia.gateway.rate_limits import RateLimits
from tertulia.kernel.errors import DeadlinePassed, TooLarge, Unavailable
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tertulia.kit.bus.barriers import ALIVE, BEAT_SECONDS, Beat
from tertulia.kit.bus.line import Line
from tertulia.realtime.engine.packets import message

CALLER = Caller(
    address="203.0.113.7",
    local=False,
    secure=True,
    server_origin="https://chat.example",
    origin=None,
    own=False,
    allowed=False,
    bearer="una credencial",
    cookie=None,
    client="a client",
)
LIMITS = Limits(ping_interval=1_000, ping_timeout=1_000, handshake_seconds=1_000)
Ear = Callable[[Any], Awaitable[None]]


@dataclass
class Said:
    subject: str
    payload: bytes
    reply: str | None = None


class Broker:
    """Delivers what is said; `fate` gives for each message the delays with which it comes, if it does."""

    def __init__(self, most_bytes: int = 8 * 1024 * 1024) -> None:
        self.fate: Callable[[Said], list[float]] = lambda _said: [0.0]
        self.said: list[Said] = []
        self.most_bytes = most_bytes
        self._ears: list[tuple[str, Ear]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self, subject: str, ear: Ear) -> tuple[str, Ear]:
        self._ears.append((subject, ear))
        return self._ears[-1]

    def forget(self, *ears: tuple[str, Ear]) -> None:
        self._ears = [it for it in self._ears if it not in ears]

    def hears(self, subject: str) -> bool:
        return any(each == subject for each, _ in self._ears)

    def say(self, said: Said) -> None:
        self.said.append(said)
        for delay in self.fate(said):
            task = asyncio.create_task(self._deliver(said, delay))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, said: Said, delay: float) -> None:
        await asyncio.sleep(delay)
        for subject, ear in self._ears:
            if subject == said.subject:
                await ear(said)


class Wire:
    """The line of one process."""

    def __init__(self, broker: Broker) -> None:
        self.connected = True
        self._broker = broker
        self._ears: list[tuple[str, Ear]] = []

    async def call(self, subject: str, payload: bytes, *, seconds: float) -> bytes:
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        inbox = new_id()

        async def hear(said: Said) -> None:
            if not answer.done():
                answer.set_result(said.payload)

        ear = self._broker.listen(inbox, hear)
        try:
            if not self._broker.hears(subject):
                raise Unavailable
            self._check(payload)
            self.send(subject, payload, reply=inbox)
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            raise DeadlinePassed from None
        finally:
            self._broker.forget(ear)

    def send(self, subject: str, payload: bytes, *, reply: str | None = None) -> None:
        if self.connected:
            self._broker.say(Said(subject, payload, reply))

    async def subscribe(self, subject: str, callback: Ear, *, queue: str = "") -> None:
        self._ears.append(self._broker.listen(subject, callback))

    def cut(self) -> None:
        """The process is gone, as far as others can tell."""
        self.connected = False
        self._broker.forget(*self._ears)

    def _check(self, payload: bytes) -> None:
        if len(payload) > self._broker.most_bytes:
            raise TooLarge


class Edge:
    """One gateway's door and its server, whose clients are listened to by `heard`."""

    def __init__(self, line: Line, limits: Limits = LIMITS) -> None:
        self.id = new_id()
        self.line = line
        self.forwarding = Forwarding(line, self.id)
        self.server = open_server(limits)
        self.forwarding.join(self.server)
        self.server.eio.receiver_of = lambda _socket: self
        self.heard: list[str] = []
        self.door = Door(self.server, limits, RateLimits(limits, on=False), Load(limits))
        self.door.is_ready = lambda: True
        self.door.elsewhere = self.forwarding.elsewhere
        self._beating: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.forwarding.start()
        self._beating = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating
        await self.forwarding.stop()

    def say(self, sid: str, text: str) -> None:
        self.server.eio.sockets[sid].send(message(text))

    def has(self, sid: str) -> bool:
        """Whether a session lives."""
        socket = self.server.eio.sockets.get(sid)
        return socket is not None and not socket.closed

    async def _beat(self) -> None:
        while True:
            self.line.send(ALIVE, Beat(gateway_id=self.id).encoded)
            await asyncio.sleep(BEAT_SECONDS)

    # --- of a `Receiver` ------------------------------------------------------------------------

    def opened(self) -> None:
        """It is open."""

    def received(self, data: str | bytes) -> None:
        self.heard.append(str(data))

    def closed(self, reason: str) -> None:
        """It is over."""

    def is_expected(self) -> bool:
        return False


@dataclass
class Reply:
    """What a request was answered; status 0 if nothing."""

    status: int = 0
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""

    @property
    def packets(self) -> list[str]:
        return self.body.decode().split("\x1e")


class Request:
    """One request of a client, under way."""

    def __init__(self, edge: Edge, query: str, body: bytes | None, caller: Caller) -> None:
        self.reply = Reply()
        self._unread = [{"type": "http.request", "body": body or b"", "more_body": False}]
        self._gone = asyncio.Event()
        scope: dict[str, Any] = {
            "type": "http",
            "scheme": "http",
            "method": "GET" if body is None else "POST",
            "path": "/socket.io/",
            "query_string": query.encode(),
            "headers": [(b"content-type", b"text/plain;charset=UTF-8")],
            "client": ("192.0.2.1", 4711),
            "tertulia.caller": caller,
            "tertulia.request_id": new_id(),
        }
        self._task = asyncio.create_task(edge.door(scope, self._receive, self._send))

    def hang_up(self) -> None:
        self._gone.set()

    async def answered(self) -> Reply:
        await self._task
        return self.reply

    async def _receive(self) -> Any:
        if self._unread:
            return self._unread.pop()
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, event: Any) -> None:
        if self._gone.is_set():
            return
        if event["type"] == "http.response.start":
            self.reply.status, self.reply.headers = event["status"], tuple(event["headers"])
        else:
            self.reply.body += event["body"]


class Client:
    """A client that polls: each request at any gateway."""

    def __init__(self, sid: str, caller: Caller = CALLER) -> None:
        self.sid = sid
        self.caller = caller

    @classmethod
    async def arrive(cls, edge: Edge) -> "Client":
        """A session at a gateway, with its OPEN packet."""
        opened = await Request(edge, "EIO=4&transport=polling", None, CALLER).answered()
        sid = opened.packets[0].partition('"sid":"')[2].partition('"')[0]
        assert edge.has(sid)
        return cls(sid)

    def begin(self, edge: Edge, body: bytes | None = None) -> Request:
        query = f"EIO=4&transport=polling&sid={self.sid}"
        return Request(edge, query, body, self.caller)

    async def poll(self, edge: Edge) -> Reply:
        return await self.begin(edge).answered()

    async def post(self, edge: Edge, *packets: str) -> Reply:
        return await self.begin(edge, "\x1e".join(packets).encode()).answered()
