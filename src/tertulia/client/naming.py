"""How people name conversations: `#name`, `space/name`, `@username`. No I/O."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from tertulia.client.errors import AmbiguousName, UnknownName
from tertulia.client.models import Conversation, Space


@dataclass(frozen=True)
class ChannelName:
    """A channel by its name, within one space where that is said."""

    name: str
    space: str | None = None


@dataclass(frozen=True)
class PersonName:
    """A person by the username: the direct with that person."""

    username: str


def read_name(text: str) -> ChannelName | PersonName:
    """Read what somebody typed; the `#` of a channel may be left out.

    Raises:
        UnknownName: Nothing can have this name.
    """
    space, _, name = text.strip().rpartition("/")
    name = name.removeprefix("#")
    if not name or name == "@":
        detail = f"“{text}” names nothing: write #channel, space/channel or @person"
        raise UnknownName(detail, text)
    if name.startswith("@") and not space:
        return PersonName(name.removeprefix("@"))
    return ChannelName(name, space.removeprefix("#") or None)


def is_same(one: str | None, other: str | None) -> bool:
    """Say whether two names are equal to the server: NFKC and case fold."""
    return one is not None and other is not None and _fold(one) == _fold(other)


def find_channel(
    wanted: ChannelName, conversations: Iterable[Conversation], spaces: Iterable[Space]
) -> str:
    """Find the id of a channel by its name.

    Archived channels count only where no other has the name.

    Raises:
        UnknownName: No channel of mine has this name.
        AmbiguousName: Several have it; the error lists them as `space/name`.
    """
    names = {space.id: space.name for space in spaces}
    found = [
        each
        for each in conversations
        if is_same(each.name, wanted.name)
        and (wanted.space is None or is_same(names.get(each.space_id or ""), wanted.space))
    ]
    found = [each for each in found if each.archived_at is None] or found
    if not found:
        name = _show(wanted)
        raise UnknownName(f"No conversation of yours is called “{name}”", name)
    if len(found) > 1:
        choices = sorted(f"{names.get(each.space_id or '', '')}/{each.name}" for each in found)
        detail = f"“{_show(wanted)}” may be any of: {', '.join(choices)}"
        raise AmbiguousName(detail, _show(wanted), choices)
    return found[0].id


def _show(wanted: ChannelName) -> str:
    return f"{wanted.space}/{wanted.name}" if wanted.space else f"#{wanted.name}"


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
