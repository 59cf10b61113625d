"""Pages of lists: how long they may be, and the cursor that says where the next one begins."""

import base64
from typing import TypeVar

from pydantic import TypeAdapter

from tertulia.kernel.errors import FieldError, Invalid
from tertulia.kernel.limits import Limits

T = TypeVar("T")
LONGEST_CURSOR = 1_000


def page_size(asked: int | None, limits: Limits) -> int:
    """How many items a page has: what was asked, clamped."""
    return max(1, min(asked or limits.page_default, limits.page))


def encode_cursor(position: tuple[str | int, ...]) -> str:
    """A position in a list, as clients carry it: opaque, and no secret."""
    return base64.urlsafe_b64encode(_ANY.dump_json(position)).decode().rstrip("=")


def decode_cursor(cursor: str | None, shape: TypeAdapter[T]) -> T | None:
    """The position that a cursor holds; None at the beginning. `Invalid` unless it is of this list.

    A cursor says where to go on and never what may be seen: a forged one finds nothing new.
    """
    if cursor is None:
        return None
    try:
        return shape.validate_json(_json(cursor), strict=True)
    except ValueError:
        raise Invalid(
            errors=[FieldError("cursor", "cursor", "not a cursor of this list")]
        ) from None


def _json(cursor: str) -> bytes:
    if len(cursor) > LONGEST_CURSOR:
        raise ValueError("longer than any cursor")
    padding = "=" * (-len(cursor) % 4)
    found = base64.b64decode(cursor + padding, altchars=b"-_", validate=True)
    if b"\\u0000" in found:
        raise ValueError("no cursor holds U+0000")
    return found


_ANY: TypeAdapter[tuple[str | int, ...]] = TypeAdapter(tuple[str | int, ...])
