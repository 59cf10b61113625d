"""What a new or changed conversation must look like."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tertulia.conversations.contract.conversations import CreateConversation, UpdateConversation
from tertulia.conversations.rules.permissions import Level, check_level
from tertulia.kernel.errors import FieldError, Forbidden, Invalid
from tertulia.kernel.limits import Limits
from tertulia.kernel.text import fold

NEEDS_ADMIN = ("visibility", "default", "archived")


def _refuse(field: str, code: str, detail: str, limit: int | None = None) -> Invalid:
    params = {} if limit is None else {"limit": limit}
    return Invalid(errors=[FieldError(field, code, detail)], params=params)


def name_key(name: str) -> str:
    """Two channels of a space may not share it."""
    return fold(name)


def direct_key(one: str, other: str) -> str:
    """The key of the one direct of a pair."""
    return ":".join(sorted((one, other)))


def check_channel_name(name: str | None) -> str:
    """A channel has a name without `#` and `/`."""
    if name is None:
        raise _refuse("name", "missing", "a channel needs a name")
    if "#" in name or "/" in name:
        raise _refuse("name", "channel_name", "a channel's name has no # and no /")
    return name


def check_creation(request: CreateConversation, actor_id: str, limits: Limits) -> None:
    """The shape that its kind asks for."""
    {"channel": _check_channel, "group": _check_group, "direct": _check_direct}[request.kind](
        request, actor_id, limits
    )


def _check_channel(request: CreateConversation, _actor_id: str, _limits: Limits) -> None:
    if request.space_id is None:
        raise _refuse("space_id", "missing", "a channel belongs to a space")
    check_channel_name(request.name)


def _check_group(request: CreateConversation, actor_id: str, limits: Limits) -> None:
    _check_spaceless(request)
    people = {actor_id, *request.members}
    if len(people) < 2:
        raise _refuse("members", "too_short", "a group has at least two people", 2)
    check_group_size(len(people), limits)


def _check_direct(request: CreateConversation, _actor_id: str, _limits: Limits) -> None:
    _check_spaceless(request)
    if len(request.members) != 1:
        raise _refuse("members", "one_person", "a direct is with one person")
    if request.name is not None or request.topic:
        raise _refuse("name", "not_allowed", "a direct has no name and no topic")


def _check_spaceless(request: CreateConversation) -> None:
    if request.space_id is not None:
        raise _refuse("space_id", "not_allowed", "it belongs to its people, not to a space")
    if request.visibility == "public":
        raise _refuse("visibility", "not_allowed", "it is always private")


def check_group_size(people: int, limits: Limits) -> None:
    """A group has a limit of people."""
    if people > limits.group_people:
        raise _refuse("members", "too_long", "too many people for a group", limits.group_people)


def check_conversation_count(count: int, limits: Limits) -> None:
    """A person has a limit of conversations."""
    if count >= limits.conversations:
        raise Invalid("You are in too many conversations.", params={"limit": limits.conversations})


def asked_changes(request: UpdateConversation) -> set[str]:
    """The fields that are to change; one of null is as good as not given."""
    return set(request.model_dump(exclude={"conversation_id"}, exclude_none=True))


def check_change(request: UpdateConversation, kind: str, level: Level, *, is_plaza: bool) -> None:
    """What this kind lets this level change."""
    given = asked_changes(request)
    if kind == "direct" or (kind == "group" and given & set(NEEDS_ADMIN)):
        raise Forbidden("This kind of conversation does not change that.")
    if is_plaza and given & {"name", *NEEDS_ADMIN}:
        raise Forbidden("The plaza stays as it is.")
    check_level(level, Level.ADMIN if given & set(NEEDS_ADMIN) else Level.MEMBER)
    if kind == "channel" and request.name is not None:
        check_channel_name(request.name)


def changes(
    request: UpdateConversation, row: Any, now: datetime
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What really changes, one by one: the columns, and the `data` of the system line.

    Bringing back comes before the other changes, archiving after them.
    """
    if request.archived is False and row.archived_at is not None:
        yield {"archived_at": None}, {"type": "unarchived"}
    if request.name not in {None, row.name}:
        key = {"name_key": name_key(str(request.name))} if row.kind == "channel" else {}
        yield {"name": request.name, **key}, {"type": "renamed", "name": request.name}
    if request.topic not in {None, row.topic}:
        kind = "topic_changed" if request.topic else "topic_cleared"
        yield {"topic": request.topic}, {"type": kind, "topic": request.topic}
    if request.visibility not in {None, row.visibility}:
        line = {"type": "visibility_changed", "visibility": request.visibility}
        yield {"visibility": request.visibility}, line
    if request.default not in {None, row.is_default}:
        line = {"type": "default_changed", "default": request.default}
        yield {"is_default": request.default}, line
    if request.archived and row.archived_at is None:
        yield {"archived_at": now}, {"type": "archived"}
