"""Frames of RFC 6455, right and wrong ones."""

import asyncio
import struct
from dataclasses import dataclass

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = b"\x37\xfa\x21\x3d"


@dataclass(frozen=True)
class Frame:
    """One frame, or what only looks like one.

    `length` overrides the length that is announced, `rsv` sets the reserved bits (4 is RSV1).
    """

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0
    masked: bool = True
    length: int | None = None
    mask: bytes = MASK

    def encode(self) -> bytes:
        size = len(self.payload) if self.length is None else self.length
        head = bytes([self.fin << 7 | self.rsv << 4 | self.opcode])
        head += _length(size, 0x80 if self.masked else 0)
        if not self.masked:
            return head + self.payload
        return head + self.mask + _masked(self.payload, self.mask)


def _masked(payload: bytes, mask: bytes) -> bytes:
    """The payload under the mask, as one sum of two long numbers."""
    size = len(payload)
    stream = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(stream)).to_bytes(size)


def _length(size: int, mask_bit: int) -> bytes:
    if size < 126:
        return bytes([mask_bit | size])
    if size < 1 << 16:
        return struct.pack("!BH", mask_bit | 126, size)
    return struct.pack("!BQ", mask_bit | 127, size)


async def read_frame(reader: asyncio.StreamReader) -> Frame:
    """Read a frame of a server.

    Raises:
        EOFError: The connection ends here.
    """
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size == 126:
        (size,) = struct.unpack("!H", await reader.readexactly(2))
    elif size == 127:
        (size,) = struct.unpack("!Q", await reader.readexactly(8))
    masked = bool(second & 0x80)
    if masked:
        await reader.readexactly(4)
    return Frame(
        opcode=first & 0x0F,
        payload=await reader.readexactly(size),
        fin=bool(first & 0x80),
        rsv=first >> 4 & 7,
        masked=masked,
    )
