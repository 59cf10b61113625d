"""What personal decides: which text is the newer one, what limit, how long a page. No I/O."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tertulia.kernel.errors import FieldError, Invalid
from tertulia.kernel.limits import Limits
from tertulia.personal.contract import DraftNewer, DraftView

MOST_TEXT = 131_072
"""Code points of text after which a page ends early, so that every client can take an answer."""
_CURSOR = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody writes: in a conversation, or in a thread of it."""

    user_id: str
    conversation_id: str
    thread_id: str | None

    def draft(self, text: str, version: int, saved_at: datetime | None) -> DraftView:
        """What stands there."""
        return DraftView(
            conversation_id=self.conversation_id,
            thread_id=self.thread_id,
            text=text,
            version=version,
            saved_at=saved_at,
        )


def says_something(text: str) -> bool:
    """Whether a draft is worth keeping."""
    return bool(text) and not text.isspace()


def check_seen(version: int, seen: int) -> None:
    """`DraftNewer` where there is a later text than the one that was seen."""
    if version > seen:
        raise DraftNewer


def check_draft_count(count: int, limits: Limits) -> None:
    """A person has a limit of drafts."""
    if count >= limits.drafts:
        raise Invalid("You have too many drafts.", params={"limit": limits.drafts})


def check_saved_count(count: int, limits: Limits) -> None:
    """A person has a limit of saved messages."""
    if count >= limits.saved:
        raise Invalid("You have saved too many messages.", params={"limit": limits.saved})


def next_version(last: int, milliseconds: int) -> int:
    """The version after the last one, by the clock if that is later.

    A clock that is put back changes nothing; and after a restore, which forgets the last versions, what is
    written then still comes after all that clients have seen.
    """
    return max(last + 1, milliseconds)


def page_size(asked: int | None, limits: Limits) -> int:
    """How many items a page has: what was asked, clamped."""
    return max(1, min(limits.page_default if asked is None else asked, limits.page))


def fitting(lengths: Sequence[int], limit: int) -> int:
    """How many items with texts of these lengths make a page of at most `limit`: those that fit, and one."""
    room = MOST_TEXT
    for count, length in enumerate(lengths[:limit]):
        room -= length
        if room < 0 and count:
            return count
    return min(len(lengths), limit)


def before(cursor: str | None) -> int | None:
    """The version before which a page goes on; None at the beginning. `Invalid` for what is no cursor.

    A cursor says where to go on and never what may be seen: a forged one finds nothing new.
    """
    if cursor is None:
        return None
    if not _CURSOR.fullmatch(cursor):
        raise Invalid(errors=[FieldError("cursor", "cursor", "not a cursor of this list")])
    return int(cursor)
