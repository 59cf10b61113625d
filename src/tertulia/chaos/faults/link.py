"""One connection through a proxy: two that its client takes for one."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from socket import SO_LINGER, SOL_SOCKET

from tertulia.chaos.faults.weather import Weather

PIECE = 65_536
_NO_TIME = struct.pack("ii", 1, 0)

End = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Passage = Callable[[int], Awaitable[tuple[Weather, str | None, int]]]
"""How a piece of this size fares, once it is let through."""
Edit = Callable[[bytes], bytes]
"""What of a piece that the server said is told to the client, maybe with what was kept of those before."""


@dataclass(eq=False)
class Link:
    """`near` is the client's end, `far` the server's."""

    near: End
    far: End
    passage: Passage
    edit: Edit | None = None
    _is_half: bool = False

    async def carry(self) -> None:
        """Until both ends are done."""
        (reader, near), (there, far) = self.near, self.far
        try:
            await asyncio.gather(self._pump(reader, far), self._pump(there, near, self.edit))
        finally:
            near.close()
            far.close()

    def reset(self) -> None:
        """Tell both ends that it is over, at once."""
        reset(self.near[1])
        reset(self.far[1])

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, edit: Edit | None = None
    ) -> None:
        try:
            while piece := await source.read(PIECE):
                piece = edit(piece) if edit else piece
                if piece and not self._is_half:
                    await self._pass(piece, sink)
            if not self._is_half:
                sink.write_eof()
        except OSError:
            if not self._is_half:
                self.reset()

    async def _pass(self, piece: bytes, sink: asyncio.StreamWriter) -> None:
        weather, end, cut = await self.passage(len(piece))
        match end:
            case "drop":
                self.reset()
            case "cut":
                sink.write(piece[:cut])
                await sink.drain()
                sink.close()
            case "half_open":
                self._is_half = True
                reset(self.far[1])
            case _:
                await _write(piece, sink, by_bytes=weather.dribbles)


async def _write(piece: bytes, sink: asyncio.StreamWriter, *, by_bytes: bool) -> None:
    size = 1 if by_bytes else len(piece)
    for at in range(0, len(piece), size):
        sink.write(piece[at : at + size])
        await sink.drain()
        if by_bytes:
            await asyncio.sleep(0)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST; what waits to be sent is thrown away."""
    connection = writer.get_extra_info("socket")
    if connection is not None and not writer.transport.is_closing():
        connection.setsockopt(SOL_SOCKET, SO_LINGER, _NO_TIME)
    writer.transport.abort()
