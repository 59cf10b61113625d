"""How to know, without waiting for some time, that a server has answered all that was sent to it."""

from tests.realtime.differential.wire.http import Address, Line, read_reply, request
from tests.realtime.differential.wire.websocket import LOST

ROUND_TRIPS = 4
"""A loop reads what has come before it answers what comes now; after so many, what that set off has run too."""


class Settling:
    """Round trips on connections of their own, which are kept."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._idle: list[Line] = []

    async def settle(self) -> None:
        """Return when the server has answered all that was sent before."""
        line = self._idle.pop() if self._idle else await self.address.connect()
        try:
            await self._go_round(line)
        except LOST:  # it was idle for too long
            line = await self.address.connect()
            await self._go_round(line)
        self._idle.append(line)

    async def _go_round(self, line: Line) -> None:
        reader, writer = line
        for _ in range(ROUND_TRIPS):
            writer.write(request("GET", "/settled"))
            await read_reply(reader)

    def close(self) -> None:
        for _, writer in self._idle:
            writer.transport.abort()
