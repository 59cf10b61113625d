"""Clients over the network in memory, as plain as can be: a Socket.IO connection, and a call over HTTP."""

import asyncio
import json
from typing import Any

from tertulia.chaos.clients.packets import Answer, Exchange, Hear
from tertulia.chaos.simulation.network import Cut, Line, Message, Refused

BAD = 400
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


def http_scope(path: str, token: str) -> Message:
    """The ASGI scope of a POST of JSON."""
    headers = [*_HEADERS, (b"authorization", b"Bearer " + token.encode())]
    return {
        **_COMMON,
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [*headers, (b"content-type", b"application/json")],
    }


async def posted(line: Line, body: Message) -> Answer:
    """What a POST comes to, in the words of an acknowledgement. Raises `Cut`."""
    line.send({"type": "http.request", "body": json.dumps(body).encode(), "more_body": False})
    status, octets, more = 0, b"", True
    while more:
        message = await line.receive()
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            octets += message.get("body", b"")
            more = message.get("more_body", False)
    told = json.loads(octets)
    return {"ok": True, "result": told} if status < BAD else {"ok": False, "error": told}


class Socket:
    """One connection. `hear(name, body)` is told of every event, below any dedupe."""

    def __init__(self, line: Line, hear: Hear) -> None:
        self._line = line
        self._exchange = Exchange(hear)
        self._reading: asyncio.Task[None] | None = None

    @property
    def over(self) -> asyncio.Event:
        """Set when the connection has ended."""
        return self._exchange.over

    async def open(self, token: str) -> Any:
        """Connect; what `gateway.ready` says. Raises `Cut` and `Refused`."""
        self._line.send({"type": "websocket.connect"})
        self._reading = asyncio.create_task(self._read(token))
        return await self._exchange.ready

    async def ask(self, command: str, fields: Message) -> Answer:
        """The acknowledgement of a command. Raises `Cut` when none comes any more."""
        return await self.emit(command, fields)

    def emit(self, command: str, fields: Message) -> "asyncio.Future[Answer]":
        """Send a command now; its acknowledgement comes later."""
        number, answer = self._exchange.asked()
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
            self._exchange.end(end)

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
            reply: str | None = "40" + json.dumps({"token": token})
        else:
            reply = self._exchange.take(packet)
        if reply is not None:
            self._say(reply)
