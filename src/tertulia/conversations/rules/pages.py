"""Pages of lists: how long they may be, and the cursor that says where the next one begins."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter

from tertulia.conversations.contract.updates import ListMessages
from tertulia.kernel.errors import FieldError, Invalid
from tertulia.kernel.limits import Limits

T = TypeVar("T")
Row = TypeVar("Row")
LONGEST_CURSOR = 1_000
MOST_TEXT = 131_072
"""Code points of text after which a page ends early, so that every client can take an answer."""


def page_size(asked: int | None, limits: Limits) -> int:
    """How many items a page has: what was asked, clamped."""
    return max(1, min(limits.page_default if asked is None else asked, limits.page))


def updates_size(asked: int | None, limits: Limits) -> int:
    """How many updates a page of the log has: what was asked, clamped."""
    return max(1, min(limits.updates_default if asked is None else asked, limits.updates))


def missed_size(asked: int | None, limits: Limits) -> int:
    """How many updates a catch-up answers: as many as it may unless less was asked."""
    return updates_size(limits.updates if asked is None else asked, limits)


def fitting(lengths: Sequence[int]) -> int:
    """How many items with texts of these lengths make a page: those that fit, and at least one."""
    room = MOST_TEXT
    for count, length in enumerate(lengths):
        room -= length
        if room < 0 and count:
            return count
    return len(lengths)


def place_in_log(seq: int, head: int) -> int:
    """The place that a number means in a log of this length, however far outside it is."""
    return max(0, min(seq, head + 1))


def check_positions(positions: Mapping[str, object], limits: Limits) -> None:
    """A catch-up names a limited number of conversations."""
    if len(positions) > limits.positions:
        raise Invalid(
            errors=[FieldError("positions", "too_long", "too many conversations")],
            params={"limit": limits.positions},
        )


def check_one_direction(request: ListMessages) -> None:
    """A page goes one way."""
    given = [name for name in ("before", "after", "around") if getattr(request, name) is not None]
    if len(given) > 1:
        raise Invalid(errors=[FieldError(given[1], "not_allowed", f"not beside {given[0]}")])


def paged(
    rows: Sequence[Row], limit: int, cursor: Callable[[Row], str]
) -> tuple[Sequence[Row], str | None]:
    """A page of what was found, and the cursor after it; one row more than the limit says there is more."""
    page = rows[:limit]
    return page, cursor(page[-1]) if len(rows) > limit else None


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


def moment_cursor(moment: datetime, key: str) -> str:
    """A position in a list by time and id."""
    return encode_cursor(((moment - _EPOCH) // timedelta(milliseconds=1), key))


def after_moment(cursor: str | None) -> tuple[datetime, str] | None:
    """The position that a cursor by time and id holds."""
    found = decode_cursor(cursor, _BY_MOMENT)
    return None if found is None else (_EPOCH + timedelta(milliseconds=found[0]), found[1])


def name_cursor(search_name: str, key: str) -> str:
    """A position in a list of people by name and id."""
    return encode_cursor((search_name, key))


def after_name(cursor: str | None) -> tuple[str, str] | None:
    """The position that a cursor by name and id holds."""
    return decode_cursor(cursor, _BY_NAME)


def _json(cursor: str) -> bytes:
    if len(cursor) > LONGEST_CURSOR:
        raise ValueError("longer than any cursor")
    padding = "=" * (-len(cursor) % 4)
    found = base64.b64decode(cursor + padding, altchars=b"-_", validate=True)
    if b"\\u0000" in found:
        raise ValueError("no cursor holds U+0000")
    return found


_ANY: TypeAdapter[tuple[str | int, ...]] = TypeAdapter(tuple[str | int, ...])
_BY_MOMENT: TypeAdapter[tuple[Annotated[int, Field(ge=0, le=2**45)], str]] = TypeAdapter(
    tuple[Annotated[int, Field(ge=0, le=2**45)], str]
)
_BY_NAME: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[str, str])
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
