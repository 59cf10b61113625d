"""A WebSocket without manners: it sends what it is told to, and notes all that comes."""

import asyncio
import base64
import contextlib
import hashlib

from tests.realtime.differential.wire.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Frame,
    read_frame,
)
from tests.realtime.differential.wire.http import Address, Reply, read_head, read_reply

KEY = base64.b64encode(b"sixteen octets..").decode()
ACCEPT = base64.b64encode(
    hashlib.sha1(f"{KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
).decode()
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}
"""The headers that ask for a WebSocket."""

CONTROL = {CLOSE: "close", PING: "ping", PONG: "pong"}
LOST = (EOFError, ConnectionError, OSError)


class WebSocket:
    """One connection, from the request to its end."""

    def __init__(self) -> None:
        self.reply: Reply | None = None
        self.seen: list[str] = []
        self.ended = False
        self._news = asyncio.Condition()
        self._waited = 0

    async def open(self, address: Address, asking: bytes) -> None:
        """Send the request, and whatever comes with it; `reply` says what became of it."""
        self._reader, self._writer = await address.connect()
        self._writer.write(asking)
        try:
            self.reply = await self._read_reply()
        except LOST:
            await self._end("cut")
            return
        if self.reply.status == 101:
            self._reading = asyncio.create_task(self._read())
        else:
            await self._end()
            self._writer.close()

    async def _read_reply(self) -> Reply:
        head = await read_head(self._reader)
        if head.status == 101:
            return head
        buffered = asyncio.StreamReader()
        raw = "".join(f"{name}: {value}\r\n" for name, value in head.headers)
        buffered.feed_data(f"HTTP/1.1 {head.status} -\r\n{raw}\r\n".encode("latin-1"))
        with contextlib.suppress(*LOST):
            buffered.feed_data(await self._reader.read(1 << 16))
        buffered.feed_eof()
        return await read_reply(buffered)

    async def send(self, *frames: Frame) -> None:
        await self.write(b"".join(frame.encode() for frame in frames))

    async def write(self, octets: bytes) -> None:
        if self._writer.is_closing():
            return
        with contextlib.suppress(*LOST):
            self._writer.write(octets)
            await self._writer.drain()

    async def wait(self, until: str) -> None:
        """Wait for a text that begins so and came after the last one waited for, or for the end."""
        async with self._news:
            await self._news.wait_for(lambda: self.ended or self._find(until))

    def _find(self, until: str) -> bool:
        for at in range(self._waited, len(self.seen)):
            if self.seen[at].startswith(until):
                self._waited = at + 1
                return True
        return False

    def cut(self, *, half: bool) -> None:
        """Close our side of TCP, or all of it at once."""
        with contextlib.suppress(*LOST, NotImplementedError):
            self._writer.write_eof() if half else self._writer.transport.abort()

    async def close(self) -> None:
        """Leave nothing behind."""
        if hasattr(self, "_reading"):
            self._reading.cancel()
        self._writer.transport.abort()

    async def _read(self) -> None:
        message = Frame(TEXT)
        try:
            while True:
                frame = await read_frame(self._reader)
                if frame.opcode in CONTROL:
                    await self._control(frame)
                    continue
                if frame.opcode == CONTINUATION:
                    frame = Frame(message.opcode, message.payload + frame.payload, frame.fin)
                message = frame
                if frame.fin:
                    await self._note(_shown(frame))
        except LOST:
            await self._end("cut")

    async def _control(self, frame: Frame) -> None:
        if frame.opcode != CLOSE:
            await self._note(f"({CONTROL[frame.opcode]} {frame.payload.hex()})".replace(" )", ")"))
            return
        code = int.from_bytes(frame.payload[:2], "big") if frame.payload else 1005
        await self._note(f"(close {code} {frame.payload[2:].decode()}".rstrip() + ")")
        await self.send(Frame(CLOSE, frame.payload[:2]))
        self._writer.close()

    async def _note(self, entry: str) -> None:
        async with self._news:
            self.seen.append(entry)
            self._news.notify_all()

    async def _end(self, entry: str = "") -> None:
        async with self._news:
            closed = bool(self.seen) and self.seen[-1].startswith("(close")
            if entry and not closed:
                self.seen.append(f"({entry})")
            self.ended = True
            self._news.notify_all()


def _shown(frame: Frame) -> str:
    if frame.opcode == BINARY:
        return f"<{frame.payload.hex()}>"
    return frame.payload.decode("utf-8", "backslashreplace")
