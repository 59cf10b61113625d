"""A WebSocket as ASGI messages: works under any server, a call for each packet."""

import asyncio
from collections.abc import Sequence
from typing import Any

from tertulia.realtime.engine import frames
from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.websocket import WebSocketTransport, as_text

BREATH = 16
"""Packets of one client that are carried out before others have their turn."""

MOST_URGENT = 64
"""Answers to a client that asks on and on and reads nothing."""


class AsgiWebSocket(WebSocketTransport):
    """Two loops: one reads; one writes, and is ready while it has nothing to write."""

    __slots__ = (
        "_closing",
        "_lingering",
        "_loops",
        "_most",
        "_outgoing",
        "_receive",
        "_resumed",
        "_send",
        "_urgent",
        "_wake",
        "_writing",
    )

    def __init__(self, receive: Any, send: Any, most_bytes: int) -> None:
        super().__init__()
        self._receive = receive
        self._send = send
        self._most = most_bytes
        self._outgoing: list[str | bytes] = []
        self._urgent: list[str] = []
        self._writing = False
        self._wake = asyncio.Event()
        self._closing: int | None = None
        self._resumed: asyncio.Event | None = None
        self._loops: tuple[asyncio.Future[None], ...] = ()
        self._lingering: asyncio.TimerHandle | None = None

    async def connected(self) -> None:
        """Wait for the server's `websocket.connect`."""
        await self._receive()

    async def accept(self, headers: Sequence[tuple[bytes, bytes]], subprotocol: str | None) -> bool:
        """Accept the WebSocket; false if the client is gone."""
        accept = {"type": "websocket.accept", "headers": list(headers)}
        try:
            await self._send({**accept, "subprotocol": subprotocol})
        except OSError:
            return False
        return True

    async def run(self) -> None:
        """Read and write until it is over."""
        reader = asyncio.ensure_future(self._read())
        writer = asyncio.ensure_future(self._write())
        self._loops = (reader, writer)
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            self.close()
            await asyncio.wait({writer})
        finally:
            self._cut()
            self._outgoing.clear()
            self.over()

    def _cut(self) -> None:
        """Wait for the client no longer."""
        if self._lingering is not None:
            self._lingering.cancel()
        for loop in self._loops:
            loop.cancel()

    # --- towards the client ---------------------------------------------------------------------

    @property
    def push(self) -> None:
        """None: each packet is a call of its own."""
        return

    @property
    def ready(self) -> bool:
        """Whether the last packets are written."""
        return not self._writing and self._closing is None

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Send parcels."""
        self._put([packet for parcel in parcels for packet in parcel.packets])

    def send_text(self, text: str) -> None:
        """Send a packet in front of what has not been written yet."""
        if self._closing is not None:
            return
        if len(self._urgent) >= MOST_URGENT:
            self.fail()
            return
        self._urgent.append(text)
        self._wake.set()

    def buffered(self) -> int:
        """Bytes that were not written yet."""
        return sum(map(len, self._outgoing))

    def close(self, parcels: Sequence[Parcel] = (), code: int | None = None) -> None:
        """Send the last parcels, and close."""
        if self._closing is None:
            self._put([packet for parcel in parcels for packet in parcel.packets])
            self._closing = frames.NORMAL if code in {None, frames.NO_STATUS} else code
            self.resume()
            self._wake.set()
            seconds = self.socket.server.limits.linger_seconds
            self._lingering = asyncio.get_running_loop().call_later(seconds, self._cut)

    def abort(self) -> None:
        """Close without sending what waits."""
        self._outgoing.clear()
        self.close()

    def _put(self, packets: Sequence[str | bytes]) -> None:
        self._outgoing += packets
        self._writing = True
        self._wake.set()

    async def _write(self) -> None:
        try:
            while self._closing is None or self._outgoing or self._urgent:
                self._wake.clear()
                await self._write_out()
                if self._writing:
                    self._writing = False
                    if not self._probing and self._closing is None:
                        self.socket.settle()
                if self._closing is None and not self._outgoing and not self._urgent:
                    await self._wake.wait()
            await self._send({"type": "websocket.close", "code": self._closing})
        except (OSError, RuntimeError):
            return  # the server says so when the client is gone

    async def _write_out(self) -> None:
        while self._urgent or self._outgoing:
            packet = self._urgent.pop(0) if self._urgent else self._outgoing.pop(0)
            packet = as_text(packet) if self.base64 else packet
            name = "text" if isinstance(packet, str) else "bytes"
            await self._send({"type": "websocket.send", name: packet})

    # --- from the client ------------------------------------------------------------------------

    async def _read(self) -> None:
        count = 0
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            text: str | None = event.get("text")
            data: bytes = event.get("bytes") or b""
            if self._closing is not None:
                continue
            if len(text.encode() if text is not None else data) > self._most:
                self.fail(frames.TOO_BIG)
            elif text is not None:
                self.receive_text(text)
            else:
                self.receive_binary(data)
            if self._resumed is not None:
                await self._resumed.wait()
            elif (count := count + 1) % BREATH == 0:
                await asyncio.sleep(0)

    def pause(self) -> None:
        """Read nothing more from the client for now."""
        if self._resumed is None:
            self._resumed = asyncio.Event()

    def resume(self) -> None:
        """Read on."""
        if self._resumed is not None:
            self._resumed.set()
            self._resumed = None
