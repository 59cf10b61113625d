"""Engine.IO packets and polling payloads, protocol 4.

Source: the Engine.IO protocol, revision 4 (socket.io documentation).
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator

from tertulia.realtime.engine import frames

OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"

SEPARATOR = "\x1e"

_URL_SAFE = str.maketrans("-_", "+/")
_NOT_BASE64 = re.compile("[^A-Za-z0-9+/]")

Packet = tuple[str, str | bytes]
"""The type, and the data: bytes only for a binary message."""


class Malformed(ValueError):
    """What a client sent is no packet."""


class Parcel:
    """What is sent in one piece: a message, or a message and its attachments.

    `packets` are Engine.IO packets (text with its type, or the bytes of a binary message); `wire` holds the
    same as WebSocket frames. Encoded once, shared by all who get it.
    """

    __slots__ = ("packets", "wire")

    def __init__(self, *packets: str | bytes) -> None:
        self.packets = packets
        wire = _framed(packets[0])
        self.wire = wire if len(packets) == 1 else b"".join(map(_framed, packets))


def message(data: str | bytes) -> Parcel:
    """The parcel of one message."""
    return Parcel(data if isinstance(data, bytes) else MESSAGE + data)


def decode(text: str) -> Packet:
    """A packet that came as text. Raises `Malformed`."""
    kind = text[:1]
    if kind == "b":
        return MESSAGE, _bytes(text[1:])
    if not kind or kind not in "0123456":
        raise Malformed("an unknown type of packet")
    return kind, text[1:]


def decode_payload(body: bytes) -> Iterator[Packet]:
    """The packets of a polling body, in order. Raises `Malformed` where one is none."""
    for text in body.decode(errors="replace").split(SEPARATOR):
        yield decode(text)


def encode_payload(packets: Iterable[str | bytes]) -> bytes:
    """A polling reply."""
    return SEPARATOR.join(
        "b" + b64encode(packet).decode() if isinstance(packet, bytes) else packet
        for packet in packets
    ).encode()


def _bytes(text: str) -> bytes:
    """Base64 as Node reads it: either alphabet, whatever is between, padded or not."""
    text = _NOT_BASE64.sub("", text.partition("=")[0].translate(_URL_SAFE))
    text = text[:-1] if len(text) % 4 == 1 else text
    return b64decode(text + "=" * (-len(text) % 4))


def _framed(packet: str | bytes) -> bytes:
    if isinstance(packet, bytes):
        return frames.frame(frames.BINARY, packet)
    return frames.frame(frames.TEXT, packet.encode())


PING_PARCEL, NOOP_PARCEL, CLOSE_PARCEL = Parcel(PING), Parcel(NOOP), Parcel(CLOSE)
