"""A client that knows the wire and nothing else: bare frames, which it may cut in pieces as it likes."""

import asyncio
import json
from random import Random
from typing import Any
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from tertulia.chaos.clients.packets import Answer, Exchange, Hear
from tertulia.chaos.simulation.network import Cut, Refused

ROUGH = 0.1
"""The share of messages that arrive in fragments, and of those written in two pieces of TCP."""
OPEN_SECONDS = 20.0


class RawSocket(asyncio.Protocol):
    """One connection. Its messages come now and then in fragments, with a ping between them."""

    def __init__(self, url: str, hear: Hear, chance: Random) -> None:
        self._url = url
        self._chance = chance
        self._exchange = Exchange(hear)
        self._websocket = ClientProtocol(parse_uri(_address(url)), max_size=None)
        self._transport: asyncio.Transport | None = None
        self._token = ""
        self._open = False

    @property
    def over(self) -> asyncio.Event:
        """Set when the connection has ended."""
        return self._exchange.over

    async def open(self, token: str) -> Any:
        """Connect; what `gateway.ready` says. Raises `Cut` and `Refused`."""
        self._token = token
        parts = urlsplit(self._url)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await loop.create_connection(lambda: self, parts.hostname or "", parts.port or 80)
                return await self._exchange.ready
        except (OSError, TimeoutError) as error:
            self.cut()
            raise Cut from error

    async def ask(self, command: str, fields: dict[str, Any]) -> Answer:
        """The acknowledgement of a command. Raises `Cut` when none comes any more."""
        return await self.emit(command, fields)

    def emit(self, command: str, fields: dict[str, Any]) -> "asyncio.Future[Answer]":
        """Send a command now; its acknowledgement comes later."""
        number, answer = self._exchange.asked()
        self._say(f"42{number}{json.dumps([command, fields])}")
        return answer

    def cut(self) -> None:
        """Be gone without a word, with RST where something is still under way."""
        if self._transport is not None:
            self._transport.abort()
        self._exchange.end(Cut())

    # --- the wire --------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """Shake hands."""
        self._transport = transport
        self._websocket.send_request(self._websocket.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Frames, or parts of some."""
        self._websocket.receive_data(data)
        try:
            for event in self._websocket.events_received():
                self._take(event)
        except (Cut, Refused) as end:
            self._exchange.end(end)
            self.cut()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._exchange.end(Cut())

    def _take(self, event: Any) -> None:
        if not isinstance(event, Frame):
            self._open = event.status_code == 101
            if not self._open:
                raise Refused(event.status_code)
        elif event.opcode is Opcode.TEXT:
            packet = bytes(event.data).decode()
            reply = self._exchange.take(packet)
            if packet.startswith("0"):
                reply = "40" + json.dumps({"token": self._token})
            if reply is not None:
                self._say(reply)
        elif event.opcode is Opcode.CLOSE:
            raise Cut

    def _say(self, packet: str) -> None:
        if self._websocket.state is not State.OPEN or self.over.is_set():
            return
        data = packet.encode()
        if self._chance.random() < ROUGH and len(data) > 1:
            at = self._chance.randrange(1, len(data))
            self._websocket.send_text(data[:at], fin=False)
            self._websocket.send_ping(b"")
            self._websocket.send_continuation(data[at:], fin=True)
        else:
            self._websocket.send_text(data)
        self._flush()

    def _flush(self) -> None:
        data = b"".join(self._websocket.data_to_send())
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)


def _address(url: str) -> str:
    return url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
