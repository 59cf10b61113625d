"""Plays scripts against a server over real sockets."""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.realtime.fuzz.script import SID, Await, End, Rest, Script, Send, Step

Address = tuple[str, int]

PATIENCE = 0.4
"""How long a script waits for an answer, or for a server that does not read, in seconds."""

_SID = re.compile(rb'"sid":"([^"]+)"')


async def play_all(scripts: Sequence[Script], address: Address, *, at_once: int = 16) -> None:
    """Play scripts side by side, at most so many at once."""
    seats = asyncio.Semaphore(at_once)

    async def play_seated(script: Script) -> None:
        async with seats:
            await play(script, address)

    async with asyncio.TaskGroup() as group:
        for script in scripts:
            group.create_task(play_seated(script))


async def play(script: Script, address: Address) -> None:
    """Play one script to its end; what the server does to its wires never stops it."""
    client = _Client(address)
    try:
        for step in script.steps:
            with contextlib.suppress(OSError, TimeoutError):
                await client.do(step)
    finally:
        client.leave()


@dataclass
class _Client:
    address: Address
    wires: dict[int, socket.socket] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    sid: bytes = b"nobody"

    async def do(self, step: Step) -> None:
        match step:
            case Rest(seconds):
                await asyncio.sleep(seconds)
            case Send(data, wire, chunk):
                await self._send(wire, data.replace(SID, self.sid), chunk)
            case Await(marker, wire):
                await self._receive(wire, marker)
            case End(how, wire):
                self._end(wire, how)

    def leave(self) -> None:
        for wire in self.wires.values():
            wire.close()

    async def _wire(self, number: int) -> socket.socket:
        if number in self.ended:
            raise ConnectionError
        if number not in self.wires:
            wire = self.wires[number] = socket.socket()
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            wire.setblocking(False)
            await asyncio.get_running_loop().sock_connect(wire, self.address)
        return self.wires[number]

    async def _send(self, number: int, data: bytes, chunk: int) -> None:
        wire, loop = await self._wire(number), asyncio.get_running_loop()
        size = chunk or max(len(data), 1)
        async with asyncio.timeout(PATIENCE + len(data) / size / 1000):
            for start in range(0, len(data), size):
                await loop.sock_sendall(wire, data[start : start + size])
                if chunk:
                    await asyncio.sleep(0)

    async def _receive(self, number: int, marker: bytes) -> None:
        wire, loop = await self._wire(number), asyncio.get_running_loop()
        received = b""
        async with asyncio.timeout(PATIENCE):
            while marker not in received:
                if not (data := await loop.sock_recv(wire, 65_536)):
                    break
                received = received[-65_536:] + data
                self._learn(received)

    def _learn(self, received: bytes) -> None:
        if self.sid == b"nobody" and (found := _SID.search(received)):
            self.sid = found[1]

    def _end(self, number: int, how: str) -> None:
        if (wire := self.wires.get(number)) is None:
            return
        if how == "half":
            wire.shutdown(socket.SHUT_WR)
            return
        self.ended.add(number)
        if how == "reset":
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.close()
