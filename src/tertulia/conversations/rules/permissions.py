"""Who may do what (protocol.md, Spaces: Roles)."""

from enum import IntEnum

from tertulia.conversations.contract.conversations import ConversationRole
from tertulia.conversations.contract.spaces import SpaceKind, SpaceRole
from tertulia.kernel.errors import FieldError, Forbidden, Invalid


class Level(IntEnum):
    """The columns of the table of permissions; a higher one may all that a lower one may."""

    NOBODY = 0
    GUEST = 1
    """Posts, reacts, edits and deletes own messages where they were added."""
    MEMBER = 2
    """Reads and joins public channels; creates, pins, renames, sets the topic, adds people."""
    MODERATOR = 3
    """Deletes others' messages, sees revisions, removes people, mentions everyone, invites."""
    ADMIN = 4
    """Archives, changes visibility and default; name, wall, roles and removal in the space."""


_SPACE: dict[str, Level] = {
    "owner": Level.ADMIN,
    "admin": Level.ADMIN,
    "teacher": Level.ADMIN,
    "moderator": Level.MODERATOR,
    "assistant": Level.MODERATOR,
    "member": Level.MEMBER,
    "agent": Level.MEMBER,
    "student": Level.MEMBER,
    "guest": Level.GUEST,
    "guardian": Level.NOBODY,
}

_CONVERSATION: dict[str, Level] = {
    "owner": Level.ADMIN,
    "moderator": Level.MODERATOR,
    "member": Level.GUEST,
}

_KINDS: dict[SpaceKind, tuple[SpaceRole, ...]] = {
    "team": ("owner", "admin", "moderator", "member", "guest"),
    "class": ("owner", "teacher", "assistant", "student", "guardian"),
    "support": ("owner", "admin", "agent"),
}

_RANK: tuple[SpaceRole, ...] = (
    "guardian",
    "guest",
    "student",
    "agent",
    "member",
    "assistant",
    "moderator",
    "teacher",
    "admin",
    "owner",
)


def space_level(role: SpaceRole | str | None) -> Level:
    """What a role in a space lets its bearer do there."""
    return Level.NOBODY if role is None else _SPACE[role]


def conversation_level(
    space_role: SpaceRole | str | None, role: ConversationRole | str | None, *, in_space: bool
) -> Level:
    """The higher of the two roles counts; being a mere member lifts nobody above their space role.

    A group or direct has no space: there a member is a `MEMBER`.
    """
    own = Level.NOBODY if role is None else _CONVERSATION[role]
    if not in_space:
        return max(own, Level.MEMBER) if own else Level.NOBODY
    return max(own, space_level(space_role))


def check_level(level: Level, needed: Level) -> None:
    """`Forbidden` below what is needed."""
    if level < needed:
        raise Forbidden


def check_role_of_kind(kind: SpaceKind, role: SpaceRole) -> None:
    """`Invalid` for a role that this kind of space does not have."""
    if role not in _KINDS[kind]:
        wrong = FieldError("role", "unknown_role", f"a {kind} has no role {role}")
        raise Invalid(errors=[wrong], params={"roles": list(_KINDS[kind])})


def default_role(kind: SpaceKind) -> SpaceRole:
    """The role that a plain invitation gives."""
    return {"team": "member", "class": "student", "support": "agent"}[kind]  # type: ignore[return-value]


def default_wall(kind: SpaceKind) -> str:
    """The paint that a kind of space opens on."""
    return {"team": "verde", "support": "anil", "class": "azafran"}[kind]


def is_above(role: SpaceRole | str, other: SpaceRole | str) -> bool:
    """Whether a role ranks above another."""
    return _RANK.index(role) > _RANK.index(other)


def hears_space(role: SpaceRole | str | None) -> bool:
    """Whether a role sees the space's people and hears its news; others see their own conversations."""
    return space_level(role) >= Level.MEMBER


LIMITED: tuple[str, ...] = tuple(role for role in _SPACE if not hears_space(role))
"""The roles that are limited to their own conversations."""
