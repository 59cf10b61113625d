"""Commands of `conversations`: people, spaces and invites."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime

from tertulia.client.commands.base import Command
from tertulia.client.ids import new_id
from tertulia.client.models import Invite, Member, Page, Space, User


@dataclass(frozen=True)
class GetUser(Command[User], name="conversations.get_user", part="user"):
    """Read a person with whom I share a space or a conversation."""

    user_id: str


@dataclass(frozen=True)
class FindUsers(Command[Page[User]], name="conversations.find_users"):
    """Find such people by name."""

    query: str
    _: KW_ONLY
    cursor: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class ListSpaces(Command[Sequence[Space]], name="conversations.list_spaces", part="items"):
    """List my spaces."""


@dataclass(frozen=True)
class CreateSpace(Command[Space], name="conversations.create_space", part="space"):
    """Create a space with its channel `general`; administrators may."""

    name: str
    kind: str
    _: KW_ONLY
    wall: str | None = None
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class GetSpace(Command[Space], name="conversations.get_space", part="space"):
    """Read a space of mine."""

    space_id: str


@dataclass(frozen=True)
class UpdateSpace(Command[Space], name="conversations.update_space", part="space"):
    """Change a space's name or wall; what is left out stays."""

    space_id: str
    _: KW_ONLY
    name: str | None = None
    wall: str | None = None


@dataclass(frozen=True)
class ListSpaceMembers(Command[Page[Member]], name="conversations.list_space_members"):
    """List who is in a space."""

    space_id: str
    _: KW_ONLY
    cursor: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class SetSpaceMember(Command[Member], name="conversations.set_space_member", part="member"):
    """Add a person to a space, or change the role there."""

    space_id: str
    user_id: str
    role: str


@dataclass(frozen=True)
class RemoveSpaceMember(Command[None], name="conversations.remove_space_member"):
    """Remove a person from a space and its conversations; `me` leaves."""

    space_id: str
    user_id: str


@dataclass(frozen=True)
class ListInvites(Command[Page[Invite]], name="conversations.list_invites"):
    """List the invites of a space."""

    space_id: str
    _: KW_ONLY
    cursor: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class CreateInvite(Command[Invite], name="conversations.create_invite", part="invite"):
    """Make a link by which people join a space."""

    space_id: str
    _: KW_ONLY
    role: str | None = None
    max_uses: int | None = None
    expires_at: datetime | None = None
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class AcceptInvite(Command[Space], name="conversations.accept_invite", part="space"):
    """Join the space of an invite."""

    code: str


@dataclass(frozen=True)
class DeleteInvite(Command[None], name="conversations.delete_invite"):
    """Revoke an invite."""

    code: str
