"""A Socket.IO client over the network in memory, as plain as can be: what comes is told as it comes."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any

from tertulia.chaos.simulation.network import Cut, Line, Message

Answer = dict[str, Any]
Hear = Callable[[str, Any], object]

_HEADERS = [(b"host", b"localhost"), (b"user-agent", b"simulated")]
_COMMON: Message = {
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "root_path": "",
    "client": ("127.0.0.1", 50_000),
    "server": ("127.0.0.1", 8000),
}


def websocket_scope(*, resume: bool = False) -> Message:
    """The ASGI scope of a Socket.IO connection."""
    query = b"EIO=4&transport=websocket" + (b"&resume=1" if resume else b"")
    return {
        **_COMMON,
        "type": "websocket",
        "scheme": "ws",
        "path": "/socket.io/",
        "raw_path": b"/socket.io/",
        "query_string": query,
        "headers": list(_HEADERS),
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
    }


class Refused(Exception):
    """The server would not have this connection."""


class Socket:
    """One connection. `hear(name, body)` is told of every event, below any dedupe."""

    def __init__(self, line: Line, hear: Hear) -> None:
        self._line = line
        self._hear = hear
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._reading: asyncio.Task[None] | None = None
        self.over = asyncio.Event()

    async def open(self, token: str) -> Any:
        """Connect; what `gateway.ready` says. Raises `Cut` and `Refused`."""
        self._line.send({"type": "websocket.connect"})
        self._reading = asyncio.create_task(self._read(token))
        return await self._ready

    async def ask(self, command: str, fields: Message) -> Answer:
        """The acknowledgement of a command. Raises `Cut` when none comes any more."""
        return await self.emit(command, fields)

    def emit(self, command: str, fields: Message) -> "asyncio.Future[Answer]":
        """Send a command now; its acknowledgement comes later."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if self.over.is_set():
            answer.set_exception(Cut())
            return answer
        number = next(self._numbers)
        self._asked[number] = answer
        self._say(f"42{number}{json.dumps([command, fields])}")
        return answer

    def cut(self) -> None:
        """Be cut off at any moment."""
        self._line.cut()

    def _say(self, packet: str) -> None:
        self._line.send({"type": "websocket.receive", "text": packet})

    async def _read(self, token: str) -> None:
        try:
            while True:
                self._take(await self._line.receive(), token)
        except (Cut, Refused) as end:
            self.over.set()
            for future in (self._ready, *self._asked.values()):
                if not future.done():
                    future.set_exception(type(end)(*end.args))
                    future.exception()  # nobody may be waiting

    def _take(self, message: Message, token: str) -> None:
        match message["type"]:
            case "websocket.send":
                self._packet(message["text"], token)
            case "websocket.close":
                raise Cut
            case "websocket.http.response.start":
                raise Refused(message["status"])
            case _:
                pass

    def _packet(self, packet: str, token: str) -> None:
        if packet.startswith("0"):
            self._say("40" + json.dumps({"token": token}))
        elif packet == "2":
            self._say("3")
        elif packet.startswith("42"):
            self._event(*json.loads(packet[2:]))
        elif packet.startswith("43"):
            number, _, body = packet[2:].partition("[")
            answer = self._asked.pop(int(number))
            if not answer.done():
                answer.set_result(json.loads("[" + body)[0])
        elif packet.startswith("44"):
            raise Refused(json.loads(packet[2:])["message"])

    def _event(self, name: str, body: Any = None) -> None:
        if name == "gateway.ready":
            self._ready.set_result(body)
        self._hear(name, body)
