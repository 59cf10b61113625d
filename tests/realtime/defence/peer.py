"""A client at the level of bytes: it may do what no library would."""

import asyncio
import contextlib
import json
import socket
import struct
from dataclasses import dataclass
from typing import Any, Self

from tests.realtime.fuzz import wire

PATIENCE = 5.0
"""How long anything may take that the server does at once or after a limit of the test, in seconds."""

MOMENT = 0.05

ABORTED = -1
"""Instead of a close code: the connection was cut without one."""


@dataclass(frozen=True)
class Answer:
    """What an HTTP request was told."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def packets(self) -> list[str]:
        return self.body.decode().split("\x1e")


class Peer:
    """One TCP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._received = b""
        self.frames: list[tuple[int, bytes]] = []
        """Whole frames of the server that nobody has asked for yet."""

    @classmethod
    async def reach(cls, port: int, *, receive_buffer: int | None = None) -> Self:
        """Connect; with a small `receive_buffer` the server soon notices that nobody reads."""
        connection = socket.socket()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
        limit = receive_buffer or 65_536
        return cls(*await asyncio.open_connection(sock=connection, limit=limit))

    @property
    def name(self) -> tuple[str, int]:
        """The address that the server sees."""
        return self._writer.get_extra_info("sockname")

    # ---- bytes

    async def write(self, data: bytes) -> None:
        """Write bytes as they are; a server that has gone is no error."""
        with contextlib.suppress(OSError):
            self._writer.write(data)
            async with asyncio.timeout(PATIENCE):
                await self._writer.drain()

    async def write_some(self, data: bytes) -> None:
        """Write bytes, as many as the system takes in a moment."""
        self._writer.write(data)
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(self._writer.drain(), MOMENT)

    def reset(self) -> None:
        """End with a RST."""
        linger = struct.pack("ii", 1, 0)
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()

    def close(self) -> None:
        """End."""
        self._writer.transport.abort()

    async def is_cut(self) -> bool:
        """Whether the server ends the TCP connection; what it says before is passed over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                with contextlib.suppress(OSError):
                    while await self._reader.read(65_536):
                        pass
                return True
        return False

    # ---- HTTP

    async def ask(self, request: bytes) -> Answer:
        """Send a request, and read its answer."""
        await self.write(request)
        async with asyncio.timeout(PATIENCE):
            head = await self._reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            fields = (line.partition(":") for line in lines if line)
            headers = {name.lower(): value.strip() for name, _, value in fields}
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(int(first.split()[1]), headers, body)

    # ---- WebSocket

    async def open(self, sid: str | None = None, **headers: str) -> Answer:
        """Ask for a WebSocket."""
        return await self.ask(wire.upgrade(sid, **headers))

    async def say(self, *packets: str | bytes) -> None:
        """Send packets, each in a frame."""
        await self.write(b"".join(map(wire.frame, packets)))

    async def hears(self, beginning: str) -> str:
        """The next text that begins so."""
        return (await self._until(wire.TEXT, beginning.encode())).decode()

    async def ack(self, number: int) -> Any:
        """The arguments of an acknowledgement."""
        return json.loads((await self.hears(f"43{number}["))[2 + len(str(number)) :])

    async def event(self, name: str) -> list[Any]:
        """The arguments of the next event of a name."""
        return json.loads((await self.hears(f'42["{name}"'))[2:])[1:]

    async def close_code(self) -> int:
        """Wait until the server closes the WebSocket, and answer; 1005 if it gave no code."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            payload = await self._until(wire.CLOSE, b"")
            await self.write(wire.frame(payload, wire.CLOSE))
            return int.from_bytes(payload[:2], "big") if payload else 1005
        return ABORTED

    async def is_closed(self) -> bool:
        """Whether the server closes the WebSocket: with a close frame, or by cutting it."""
        with contextlib.suppress(TimeoutError):
            await self.close_code()
            return True
        return False

    async def _until(self, opcode: int, beginning: bytes) -> bytes:
        async with asyncio.timeout(PATIENCE):
            while True:
                while self.frames:
                    got, payload = self.frames.pop(0)
                    if got == opcode and payload.startswith(beginning):
                        return payload
                await self._read_frames()

    async def _read_frames(self) -> None:
        data = await self._reader.read(65_536)
        if not data:
            raise asyncio.IncompleteReadError(self._received, None)
        self._received += data
        self.frames, self._received = wire.cut_frames(self._received)
