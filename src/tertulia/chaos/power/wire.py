"""What clients had been told: the bytes that the server sent, read as HTTP, WebSocket and Socket.IO.

A client can have received a frame only once its last byte was sent, so a fact stands at the line of the
call that sent it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tertulia.chaos.power.calls import Call, Sent

_TEXT = 0x1
_CONTINUED = 0x0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The server said that this message is there."""

    line: int
    message_id: str
    conversation_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Told:
    """A member of a conversation heard an update live."""

    line: int
    conversation_id: str
    seq: int
    type: str
    message_id: str | None
    """Of the message that it posts."""


Fact = Acknowledged | Told


def facts(calls: Iterable[Call]) -> list[Fact]:
    """All that was told, in the order of telling."""
    streams: dict[str, Stream] = {}
    sent = sorted((call for call in calls if isinstance(call, Sent)), key=lambda call: call.start)
    return [
        fact
        for call in sent
        for fact in streams.setdefault(call.socket, Stream()).feed(call.start, call.data)
    ]


@dataclass(slots=True)
class Stream:
    """One connection, as its client reads it. What is no HTTP server's is passed over."""

    _buffer: bytearray = field(default_factory=bytearray)
    _framed: bool = False
    _foreign: bool = False
    _message: bytearray = field(default_factory=bytearray)

    def feed(self, line: int, data: bytes) -> Iterator[Fact]:
        """What is complete with these bytes."""
        self._buffer += data
        if not self._framed and not b"HTTP/1.1 ".startswith(bytes(self._buffer[:9])):
            self._foreign = True
        if self._foreign:
            self._buffer.clear()
            return
        while (text := self._next()) is not None:
            yield from _read(line, text)

    def _next(self) -> bytes | None:
        """The next body or frame; empty where it holds no text."""
        return self._next_frame() if self._framed else self._next_answer()

    def _next_answer(self) -> bytes | None:
        head, found, _ = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        if head.startswith(b"HTTP/1.1 101"):
            self._framed = True
            return self._take(len(head) + 4, b"")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        size = len(head) + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) < size:
            return None
        body = bytes(self._buffer[len(head) + 4 : size])
        return self._take(size, body if re.match(rb"HTTP/1.1 20[01]", head) else b"")

    def _next_frame(self) -> bytes | None:
        """RFC 6455, section 5.2; a server does not mask."""
        if len(self._buffer) < 2:
            return None
        wide = {126: 2, 127: 8}.get(self._buffer[1], 0)
        start = 2 + wide
        if len(self._buffer) < start:
            return None
        size = int.from_bytes(self._buffer[2:start]) if wide else self._buffer[1]
        if len(self._buffer) < start + size:
            return None
        first, part = self._buffer[0], self._buffer[start : start + size]
        return self._take(start + size, self._joined(first, bytes(part)))

    def _joined(self, first: int, part: bytes) -> bytes:
        if first & 0x0F not in {_TEXT, _CONTINUED}:
            return b""
        self._message += part
        if not first & 0x80:
            return b""
        whole = bytes(self._message)
        self._message.clear()
        return whole

    def _take(self, size: int, text: bytes) -> bytes:
        del self._buffer[:size]
        return text


_EVENT = re.compile(rb"4[23](?:/[^,]*,)?\d*(?=\[)")


def _read(line: int, text: bytes) -> Iterator[Fact]:
    event = _EVENT.match(text)
    if event is not None:
        body = json.loads(text[event.end() :])
        yield from _answered(line, body) if text[1:2] == b"3" else _heard(line, body)
    elif text.startswith(b"{"):
        yield from _acknowledged(line, json.loads(text))


def _answered(line: int, body: list[Any]) -> Iterator[Fact]:
    match body:
        case [{"ok": True, "result": {"message": dict() as message}}]:
            yield from _acknowledged(line, message)
        case _:
            pass


def _acknowledged(line: int, message: Any) -> Iterator[Fact]:
    match message:
        case {"id": str() as id_, "conversation_id": str() as where, "seq": int() as seq}:
            yield Acknowledged(line, id_, where, seq)
        case _:
            pass


def _heard(line: int, body: list[Any]) -> Iterator[Fact]:
    match body:
        case [
            str(),
            {"conversation_id": str() as where, "seq": int() as seq, "type": str() as kind},
        ]:
            yield Told(line, where, seq, kind, _posted(kind, body[1]))
        case _:
            pass


def _posted(kind: str, update: dict[str, Any]) -> str | None:
    return str(update["message"]["id"]) if kind == "message_posted" else None
