"""UUIDv7 identifiers (RFC 9562 §5.7): chosen by who creates a thing, and its name for good."""

import os
import re
import time
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SCHEMA: dict[str, Any] = {"type": "string", "format": "uuid", "pattern": f"^{_SHAPE.pattern}$"}

_last = 0
_BLOCK = 64 * 1024
"""Random bytes that are drawn at once. To ask the system lets other threads run, and a loop that asks often
waits for them each time."""
_words: list[int] = []
"""What is left of them, 64 bits each. Threads share it: `list.pop` gives a word to one of them only."""


def _forget_block() -> None:
    """A child process draws its own."""
    _words.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_block)


def new_id() -> str:
    """A fresh lower-case UUIDv7; later ones of the same thread sort after earlier ones."""
    global _last  # noqa: PLW0603 - monotonic within the process, RFC 9562 §6.2 method 3
    ticks, last = time.time_ns() * 4096 // 1_000_000, _last
    _last = last = ticks if ticks > last else last + 1
    return uuid7(last >> 12, (last & 0xFFF) << 62 | _random())


def _random() -> int:
    """62 random bits."""
    while True:
        try:
            return _words.pop() >> 2
        except IndexError:
            _words.extend(memoryview(os.urandom(_BLOCK)).cast("Q"))


def uuid7(milliseconds: int, bits: int) -> str:
    """The UUIDv7 of a Unix time in ms (48 bits used) and 74 bits that make it unique."""
    high = bits >> 62 & 0xFFF
    variant = 0x8000 | bits >> 48 & 0x3FFF
    early, late = milliseconds >> 16 & 0xFFFFFFFF, milliseconds & 0xFFFF
    return f"{early:08x}-{late:04x}-7{high:03x}-{variant:04x}-{bits & 0xFFFFFFFFFFFF:012x}"


def is_id(text: str) -> bool:
    """Whether the text is a lower-case UUIDv7."""
    return _SHAPE.fullmatch(text) is not None


def _check(text: str) -> str:
    if not is_id(text):
        raise ValueError("not a lower-case UUIDv7")
    return text


Id = Annotated[str, AfterValidator(_check), WithJsonSchema(_SCHEMA)]
"""A lower-case UUIDv7 string."""
