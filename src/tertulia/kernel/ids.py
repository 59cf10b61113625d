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
_block, _at = b"", 0


def _forget_block() -> None:
    """A child process draws its own."""
    global _block, _at
    _block, _at = b"", 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_block)


def new_id() -> str:
    """A fresh lower-case UUIDv7; later ones of the same process sort after earlier ones."""
    global _last  # noqa: PLW0603 - monotonic within the process, RFC 9562 §6.2 method 3
    ticks = time.time_ns() * 4096 // 1_000_000
    _last = ticks if ticks > _last else _last + 1
    return uuid7(_last >> 12, (_last & 0xFFF) << 62 | _random())


def _random() -> int:
    """62 random bits."""
    global _block, _at
    if _at == len(_block):
        _block, _at = os.urandom(_BLOCK), 0
    at, _at = _at, _at + 8
    return int.from_bytes(_block[at : at + 8]) >> 2


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
