"""What a server must make of what it is sent: slow, obvious, and written after the other ones.

WebSocket after RFC 6455; Engine.IO and Socket.IO packets after npm `engine.io-parser` 5 and
`socket.io-parser` 4.2. Where these leave it open, or where a difference is allowed, `Unsure` is raised: what
comes before it still counts.
"""

import base64
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

RESERVED = (
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
)
ATTACHMENTS = 10


class Broken(Exception):
    """The connection must be closed."""


class Unsure(Exception):
    """From here on more than one answer is right."""


@dataclass
class Expected:
    """What the handlers of `/` hear, and how the connection ends."""

    heard: list[list[Any]] = field(default_factory=list)
    closed: bool = False
    unsure: bool = False

    def is_certain(self, last: list[Any]) -> bool:
        """Whether it is known that it ends with closing, or with this event."""
        return self.closed or self.heard[-1:] == [last]


def of_stream(data: bytes, most: int) -> Expected:
    """What frames on a connected WebSocket lead to."""
    expected = Expected()
    return _fill(expected, _messages(data, most))


def of_body(body: bytes) -> Expected:
    """What the body of a POST on a connected polling client leads to."""
    packets = body.decode("utf-8", "replace").split("\x1e")
    return _fill(Expected(), iter(packets))


def _fill(expected: Expected, packets: Iterator[str | bytes]) -> Expected:
    decoder = Decoder()
    try:
        for packet in packets:
            _engine_packet(packet, decoder, expected.heard)
    except Broken:
        expected.closed = True
    except Unsure:
        expected.unsure = True
    return expected


# ---- WebSocket


def _messages(data: bytes, most: int) -> Iterator[str | bytes]:
    pieces: list[bytes] = []
    kind = 0
    for fin, opcode, payload in _frames(data, most):
        if opcode >= 8:
            _control(fin, opcode, payload)
            continue
        if (opcode == 0) != bool(kind) or opcode > 2:
            raise Broken
        kind = kind or opcode
        pieces.append(payload)
        if sum(map(len, pieces)) > most:
            raise Broken
        if fin:
            yield _whole(kind, b"".join(pieces))
            pieces, kind = [], 0


def _frames(data: bytes, most: int) -> Iterator[tuple[bool, int, bytes]]:
    while len(data) >= 2:
        fin, opcode, length = data[0] >> 7, data[0] & 15, data[1] & 127
        if data[0] & 0x70 or not data[1] & 0x80:
            raise Broken
        if opcode >= 8 and (length > 125 or not fin or opcode > 10):
            raise Broken
        start = 2 + {126: 2, 127: 8}.get(length, 0)
        if len(data) < start:
            return
        size = int.from_bytes(data[2:start], "big") if length > 125 else length
        if size > most:
            raise Broken
        end = start + 4 + size
        if len(data) < end:
            if opcode > 2 and opcode < 8:
                raise Unsure
            return
        mask, body = data[start : start + 4], data[start + 4 : end]
        yield bool(fin), opcode, bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))
        data = data[end:]


def _control(fin: bool, opcode: int, payload: bytes) -> None:
    if opcode == 8:
        raise Broken


def _whole(kind: int, payload: bytes) -> str | bytes:
    if kind == 2:
        return payload
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Broken from None


# ---- Engine.IO


def _engine_packet(packet: str | bytes, decoder: "Decoder", heard: list[list[Any]]) -> None:
    if isinstance(packet, str) and packet[:1] == "b":
        packet = _base64(packet[1:])
    if isinstance(packet, bytes):
        decoder.take_bytes(packet, heard)
    elif packet[:1] == "4":
        decoder.take_text(packet[1:], heard)
    elif packet[:1] in ("0", "1", "5", "6"):
        raise Unsure
    elif packet[:1] != "3":
        raise Broken


def _base64(text: str) -> bytes:
    """As Node reads it: what is no digit is passed over, and the rest ends at the first `=`."""
    digits = re.sub(
        "[^A-Za-z0-9+/]", "", text.partition("=")[0].replace("-", "+").replace("_", "/")
    )
    digits = digits[: -(len(digits) % 4 == 1) or None]
    return base64.b64decode(digits + "=" * (-len(digits) % 4))


# ---- Socket.IO


class Decoder:
    """One connection in the namespace `/`."""

    def __init__(self) -> None:
        self._waiting: tuple[list[Any], int] | None = None
        self._attachments: list[bytes] = []

    def take_text(self, text: str, heard: list[list[Any]]) -> None:
        """A message that is text."""
        if self._waiting is not None:
            raise Broken
        kind, count, namespace, _, data = _fields(text)
        if kind in (5, 6):
            if data is None:
                raise Unsure
            self._waiting, self._attachments = (data if kind == 5 else [], count), []
            self._namespace = namespace
            return
        self._packet(kind, namespace, data, heard)

    def _packet(self, kind: int, namespace: str, data: Any, heard: list[list[Any]]) -> None:
        if kind in (0, 1):
            raise Unsure
        if kind == 4 or namespace != "/":
            raise Broken
        if kind == 2:
            if data is None:
                raise Unsure
            heard.append(data)

    def take_bytes(self, data: bytes, heard: list[list[Any]]) -> None:
        """A message that is bytes."""
        if self._waiting is None:
            raise Broken
        self._attachments.append(data)
        event, count = self._waiting
        if len(self._attachments) < count:
            return
        self._waiting = None
        if event:
            whole = _with_attachments(event, self._attachments)
            self._packet(2, self._namespace, whole, heard)
        elif self._namespace != "/":
            raise Broken


def _fields(text: str) -> tuple[int, int, str, str, Any]:
    """Type, attachments, namespace, ack id and data of a packet."""
    kind, rest = text[:1], text[1:]
    if kind not in tuple("0123456"):
        _broken_or_unsure(kind)
    count = 0
    if kind in ("5", "6"):
        head, dash, rest = rest.partition("-")
        if not re.fullmatch("[0-9]+", head) or not dash:
            _broken_or_unsure(head)
        count = int(head)
        if not 0 < count <= ATTACHMENTS:
            raise Broken
    namespace = "/"
    if rest.startswith("/"):
        namespace, _, rest = rest.partition(",")
    if kind in ("0", "1"):
        return int(kind), 0, namespace, "", None
    found = re.match("[0-9]*", rest)
    number = found[0] if found else ""
    rest = rest[len(number) :]
    if len(number) > 15 or rest[:1].isspace() or rest[:1] == "\ufeff":
        raise Unsure
    return int(kind), count, namespace, number, _data(int(kind), rest) if rest else None


def _broken_or_unsure(number: str) -> NoReturn:
    """What JavaScript takes for a number is no mistake there: `" 1"`, `"0x3"`, `"1e1"`."""
    raise Broken if re.fullmatch(r"[^0-9\s]*", number) and number else Unsure


def _data(kind: int, text: str) -> Any:
    try:
        data = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise Unsure from None
    except ValueError as error:
        raise (Unsure if "digits" in str(error) else Broken) from None
    if kind == 4:
        raise Broken
    if not isinstance(data, list):
        raise Broken
    if kind in (2, 5):
        _check_name(data)
    if _unusual(data):
        raise Unsure
    return data


def _check_name(data: list[Any]) -> None:
    if not data or data[0] in RESERVED:
        raise Broken
    if isinstance(data[0], int | float) and not isinstance(data[0], bool):
        raise Unsure
    if not isinstance(data[0], str):
        raise Broken


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _unusual(data: Any) -> bool:
    """Numbers beyond what both languages can hold."""
    if isinstance(data, list):
        return any(map(_unusual, data))
    if isinstance(data, dict):
        return any(map(_unusual, data.values()))
    return isinstance(data, float) and math.isinf(data)


def _with_attachments(data: Any, attachments: list[bytes]) -> Any:
    if isinstance(data, list):
        return [_with_attachments(one, attachments) for one in data]
    if not isinstance(data, dict):
        return data
    if data.get("_placeholder") is not True:
        return {name: _with_attachments(one, attachments) for name, one in data.items()}
    number = data.get("num")
    if isinstance(number, float) and 0 <= number < len(attachments):
        raise Unsure
    if (
        not isinstance(number, int)
        or isinstance(number, bool)
        or not 0 <= number < len(attachments)
    ):
        raise Broken
    return attachments[number]
