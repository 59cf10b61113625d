"""A server of the wire contract that can be told to go wrong: it loses, doubles or turns messages."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve

DEADLINE = 10
EVENT = re.compile(r"42([0-9]*)(.*)", re.DOTALL)

Fault = Callable[[int, list[str]], list[str]]
"""What the last member hears in place of all that was said so far, of which it has heard a number."""


def honest(heard: int, said: list[str]) -> list[str]:
    return said[heard:]


def losing(heard: int, said: list[str]) -> list[str]:
    """The third message does not come."""
    return [] if len(said) == 3 else said[-1:]


def doubling(heard: int, said: list[str]) -> list[str]:
    """The third message comes twice."""
    return said[-1:] * (2 if len(said) == 3 else 1)


def turning(heard: int, said: list[str]) -> list[str]:
    """Of the first two messages, the second one comes first."""
    return [] if len(said) == 1 else said[1::-1] if len(said) == 2 else said[-1:]


class FakeServer:
    """Everybody is in one room; the last one to join is served by the fault."""

    def __init__(self, fault: Fault) -> None:
        self.port = 0
        self.answer = '{"ok":true}'
        """What every acknowledgement holds."""
        self.refusals: list[str] = []
        """What those who come first are told instead of being let in."""
        self._fault = fault
        self._members: list[ServerConnection] = []
        self._said: list[str] = []
        self._came = asyncio.Condition()

    async def joined(self, members: int) -> None:
        """Wait until so many have joined."""
        async with asyncio.timeout(DEADLINE), self._came:
            await self._came.wait_for(lambda: len(self._members) == members)

    async def hang_up(self) -> None:
        """Close all connections."""
        await asyncio.gather(*(member.close() for member in self._members))

    async def serve(self, connection: ServerConnection) -> None:
        await connection.send("0{}")
        async for packet in connection:
            assert isinstance(packet, str)
            if packet.startswith("40") and self.refusals:
                await connection.send(f"44{self.refusals.pop()}")
            elif packet.startswith("40"):
                await self._enter(connection)
            elif said := EVENT.fullmatch(packet):
                await self._say(json.loads(said[2])[2])
                if said[1]:
                    await connection.send(f"43{said[1]}[{self.answer}]")

    async def _enter(self, connection: ServerConnection) -> None:
        self._members.append(connection)
        await connection.send("40{}")
        async with self._came:
            self._came.notify_all()

    async def _say(self, text: str) -> None:
        self._said.append(text)
        for member in self._members[:-1]:
            await member.send(self._frame(text))
        for heard in self._fault(len(self._said) - 1, self._said):
            await self._members[-1].send(self._frame(heard))

    @staticmethod
    def _frame(text: str) -> str:
        return f'42["said","{text}"]'


@asynccontextmanager
async def fake_server(fault: Fault) -> AsyncIterator[FakeServer]:
    server = FakeServer(fault)
    async with serve(server.serve, "127.0.0.1", 0, compression=None) as listening:
        server.port = next(iter(listening.sockets)).getsockname()[1]
        yield server
