"""WebSocket frames as a server reads and writes them (RFC 6455)."""

from collections.abc import Generator
from struct import Struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

NORMAL, GOING_AWAY, PROTOCOL_ERROR, NOT_TEXT = 1000, 1001, 1002, 1007
POLICY, TOO_BIG, RESTART, NO_STATUS = 1008, 1009, 1012, 1005

MOST_FRAGMENTS = 16_384
"""Of one message: more are an attack, since no client cuts its messages that small."""

MOST_CONTROL = 125

_FIN, _RESERVED, _MASKED = 0x80, 0x70, 0x80
_SHORT, _LONG, _CODE = Struct("!BBH"), Struct("!BBQ"), Struct("!H")


class FrameError(Exception):
    """What was read is not allowed: close with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def frame(opcode: int, payload: bytes) -> bytes:
    """A whole message in one frame, unmasked: the same bytes for every client."""
    size = len(payload)
    first = _FIN | opcode
    if size < 126:
        return bytes((first, size)) + payload
    if size < 0x10000:
        return _SHORT.pack(first, 126, size) + payload
    return _LONG.pack(first, 127, size) + payload


def close_frame(code: int) -> bytes:
    """A close frame with a status code; without one for `NO_STATUS`."""
    return frame(CLOSE, b"" if code == NO_STATUS else _CODE.pack(code))


def check_close(payload: bytes) -> None:
    """Raises `FrameError` for a close frame that must not be answered in kind (RFC 6455, 5.5.1)."""
    if not payload:
        return
    if len(payload) == 1:
        raise FrameError(PROTOCOL_ERROR)
    code: int = _CODE.unpack_from(payload)[0]
    if not ((1000 <= code < 1015 and code not in {1004, 1005, 1006}) or 3000 <= code < 5000):
        raise FrameError(PROTOCOL_ERROR)
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        raise FrameError(NOT_TEXT) from None


def unmask(key: bytes, payload: bytes) -> bytes:
    """The payload without its mask: one exclusive or of two long numbers."""
    size = len(payload)
    mask = (key * (size // 4 + 1))[:size]
    plain = int.from_bytes(payload, "little") ^ int.from_bytes(mask, "little")
    return plain.to_bytes(size, "little")


class FrameReader:
    """Cuts a stream of bytes into messages and control frames.

    Holds at most one message of `most` bytes, in at most `MOST_FRAGMENTS` fragments. Bytes that come one by
    one are kept in one growing buffer and looked at again only when what they announce is complete.
    """

    __slots__ = ("_fragmented", "_fragments", "_most", "_need", "_rest", "_size")

    def __init__(self, most: int) -> None:
        self._most = most
        self._rest: bytearray | bytes = b""
        self._need = 2
        self._fragments: list[bytes] | None = None
        self._fragmented = 0
        self._size = 0

    def only_text(self, data: bytes) -> bytes | None:
        """The payload where nothing waits and `data` is one whole short text frame, as it is nearly always."""
        if self._rest or self._fragments is not None or len(data) < 8 or data[0] != _FIN | TEXT:
            return None
        start, size = 6, data[1] ^ _MASKED
        if size == 126:
            start, size = 8, data[2] << 8 | data[3]
        if (
            size + start != len(data)
            or size > self._most
            or not _MASKED <= data[1] <= _MASKED + 126
        ):
            return None
        return unmask(data[start - 4 : start], data[start:])

    def read(self, data: bytes) -> Generator[tuple[int, bytes], None, None]:
        """The messages and control frames that are complete with `data`: `(opcode, payload)`.

        Whoever stops in the middle goes on with `read(b"")`. Raises `FrameError`; nothing can be read after.
        """
        if self._rest:
            data = self._joined(data)
            if len(data) < self._need:
                return
        self._need = 2
        at, size = 0, len(data)
        try:
            while size - at >= 2:
                start, end = self._bounds(data, at, size)
                if end > size:
                    self._need = end - at
                    return
                payload = unmask(data[start - 4 : start], data[start:end])
                first, at = data[at], end
                whole = (first & 0x0F, payload) if first in {0x81, 0x82} else None
                if whole is None or self._fragments is not None:
                    whole = self._assembled(first, payload)
                if whole is not None:
                    yield whole
        finally:
            self._rest = data[at:] if at < size else b""

    def _joined(self, data: bytes) -> bytes:
        rest = self._rest
        if not isinstance(rest, bytearray):
            rest = self._rest = bytearray(rest)
        rest += data
        return rest if len(rest) < self._need else bytes(rest)  # type: ignore[return-value]

    def _bounds(self, data: bytes, at: int, size: int) -> tuple[int, int]:
        """Where the payload of the frame at `at` starts and ends; beyond `size` what is to come."""
        first, second = data[at], data[at + 1]
        length = second & 0x7F
        if first & _RESERVED or not second & _MASKED:
            raise FrameError(PROTOCOL_ERROR)
        start = at + 6
        if first & 0x08:
            _check_control(first, length)
        elif length >= 126:
            extra = 2 if length == 126 else 8
            start += extra
            if size - at < 2 + extra:
                return start, at + 2 + extra
            length = int.from_bytes(data[at + 2 : at + 2 + extra], "big")
        if length + self._size > self._most and not first & 0x08:
            raise FrameError(TOO_BIG)
        return start, start + length

    def _assembled(self, first: int, payload: bytes) -> tuple[int, bytes] | None:
        opcode = first & 0x0F
        if opcode & 0x08:
            return opcode, payload
        if opcode > BINARY or (opcode == CONTINUATION) != (self._fragments is not None):
            raise FrameError(PROTOCOL_ERROR)
        if self._fragments is None:
            self._fragments, self._fragmented = [], opcode
        self._fragments.append(payload)
        self._size += len(payload)
        if len(self._fragments) > MOST_FRAGMENTS:
            raise FrameError(POLICY)
        if not first & _FIN:
            return None
        whole = b"".join(self._fragments)
        self._fragments, self._size = None, 0
        return self._fragmented, whole


def _check_control(first: int, length: int) -> None:
    if first & 0x0F not in {CLOSE, PING, PONG} or not first & _FIN or length > MOST_CONTROL:
        raise FrameError(PROTOCOL_ERROR)
