"""Spaces and their members."""

from typing import Literal

from tertulia.accounts.contract import UserView
from tertulia.kernel.clock import Moment
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Event, Model, Query
from tertulia.kernel.text import Name

SpaceKind = Literal["team", "support", "class"]
Wall = Literal["verde", "anil", "azafran", "vermut", "oliva", "piedra"]
SpaceRole = Literal[
    "owner",
    "admin",
    "moderator",
    "member",
    "guest",
    "teacher",
    "assistant",
    "student",
    "guardian",
    "agent",
]
Me = Literal["me"]


class SpaceView(Model):
    """A space as one of its people sees it; `role` is the viewer's."""

    id: Id
    name: str
    kind: SpaceKind
    wall: Wall
    member_count: int
    role: SpaceRole | None
    created_at: Moment


class SpaceList(Model):
    """All spaces of a person."""

    items: list[SpaceView]


class SpaceCreated(Model):
    """A space, and whether this call made it."""

    space: SpaceView
    created: bool


class SpaceFound(Model):
    """A space."""

    space: SpaceView


class MemberView(Model):
    """A person with their role in a space."""

    user: UserView
    role: SpaceRole
    joined_at: Moment


class MemberPage(Model):
    """A page of members, by display name."""

    items: list[MemberView]
    next: str | None


class ListSpaces(Query[SpaceList]):
    """My spaces, by name."""

    work = "boot"


class CreateSpace(Command[SpaceCreated]):
    """Make a space with its channel `general`; for administrators."""

    pipelined = True
    id: Id | None = None
    name: Name
    kind: SpaceKind
    wall: Wall | None = None


class GetSpace(Query[SpaceFound]):
    """A space of mine."""

    space_id: Id


class UpdateSpace(Command[SpaceFound]):
    """Change what is given of a space."""

    pipelined = True
    space_id: Id
    name: Name | None = None
    wall: Wall | None = None


class ListSpaceMembers(Query[MemberPage]):
    """The people of a space."""

    space_id: Id
    cursor: str | None = None
    limit: int | None = None


class SetSpaceMember(Command["SpaceMemberSet"]):
    """Add a person to a space, or change their role. `LastOwner`."""

    pipelined = True
    space_id: Id
    user_id: Id
    role: SpaceRole


class SpaceMemberSet(Model):
    """A member of a space as they are now."""

    member: MemberView


class RemoveSpaceMember(Command[None]):
    """Take a person, or `me`, out of a space and its conversations. `LastOwner`."""

    pipelined = True
    space_id: Id
    user_id: Id | Me


# --- told -------------------------------------------------------------------------------------------


class SpaceChanged(Event):
    """A space has another name or wall."""

    space_id: Id
    name: str
    wall: Wall
    user_ids: list[Id]
    """Its people who do not hear the space itself: they are limited to their own conversations."""


class SpaceAdded(Event):
    """People came into a space, or have another role in it."""

    barrier = True

    space_id: Id
    user_ids: list[Id]
    hear: bool
    """Whether they hear what is told to the whole space; not who is limited to own conversations."""


class SpaceRemoved(Event):
    """A person is no longer in a space."""

    barrier = True

    space_id: Id
    user_id: Id
