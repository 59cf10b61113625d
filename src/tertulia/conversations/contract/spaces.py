"""Spaces, their members and the invitations to them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tertulia.accounts.contract import Email, Language, Password, Profile, TimeZone, UserView
from tertulia.kernel.clock import Moment
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Event, Model, Query
from tertulia.kernel.text import Name, Username

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
InviteCode = Annotated[str, StringConstraints(min_length=1, max_length=64)]
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
    """A person with their role in a space or conversation."""

    user: UserView
    role: str
    joined_at: Moment


class MemberPage(Model):
    """A page of members, by display name."""

    items: list[MemberView]
    next: str | None


class InviteView(Model):
    """An invitation, for who may make them."""

    id: Id
    code: str
    url: str
    space: "InvitedSpace"
    role: SpaceRole
    uses: int
    max_uses: int | None
    expires_at: Moment | None


class InvitedSpace(Model):
    """A space as an invitation shows it."""

    id: Id
    name: str
    kind: SpaceKind
    wall: Wall


class SpaceCard(Model):
    """A space as the public sees it."""

    name: str
    kind: SpaceKind
    wall: Wall


class InviteCard(Model):
    """An invitation as the public sees it."""

    space: SpaceCard
    role: SpaceRole
    expires_at: Moment | None


class InviteList(Model):
    """The invitations of a space that still stand."""

    items: list[InviteView]
    next: str | None


class InviteCreated(Model):
    """An invitation, and whether this call made it."""

    invite: InviteView
    created: bool


# --- arriving: set-up and registration --------------------------------------------------------------


class FirstSpace(Model):
    """The space that set-up makes."""

    name: Name
    kind: SpaceKind = "team"
    wall: Wall = "verde"


class SetUpDone(Model):
    """The first owner's session, space and channel."""

    token: str
    user: Profile
    space: SpaceView
    conversation: "ConversationView"


class Registered(Model):
    """A new person's session, and the space they came into, if any."""

    token: str
    user: Profile
    space: SpaceView | None


class GetArrival(Query["Arrival"]):
    """How one comes in here."""


class Arrival(Model):
    """Whether set-up is still to be done, and who may register."""

    setup_required: bool
    registration: Literal["open", "invite", "closed"]
    guests: bool
    """Whether a caller such as the asker may be a guest of the plaza."""


class SetUp(Command[SetUpDone]):
    """Make the first owner and administrator, a first space, and its channel `general`.

    `AlreadySetUp`; `SetupCodeWrong` unless the asker is local or brings the code.
    """

    organization: Name
    display_name: Name
    username: Username
    password: Password
    email: Email | None = None
    language: Language = "en"
    time_zone: TimeZone = "UTC"
    space: FirstSpace | None = None
    setup_code: str | None = Field(default=None, repr=False, max_length=64)


class Register(Command[Registered]):
    """Make a person: by invitation into its space or, where registration is open, into the first one.

    `RegistrationClosed`, `InviteEnded`, `UsernameTaken`.
    """

    username: Username
    display_name: Name
    password: Password
    email: Email | None = None
    language: Language = "en"
    time_zone: TimeZone = "UTC"
    invite: InviteCode | None = None


class CreateUser(Command[Registered]):
    """Make a person, for the operator: into the first space, with a role of it. `Forbidden`."""

    username: Username
    display_name: Name
    password: Password
    email: Email | None = None
    administrator: bool = False
    role: SpaceRole = "member"


# --- spaces -----------------------------------------------------------------------------------------


class ListSpaces(Query[SpaceList]):
    """My spaces, by name."""


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


class ListInvites(Query[InviteList]):
    """The invitations of a space that still stand, the newest first."""

    space_id: Id
    cursor: str | None = None
    limit: int | None = None


class CreateInvite(Command[InviteCreated]):
    """Invite to a space, with a role not above one's own."""

    pipelined = True
    id: Id | None = None
    space_id: Id
    role: SpaceRole | None = None
    max_uses: Annotated[int, Field(ge=1, le=100_000)] | None = None
    expires_at: Moment | None = None


class GetInvite(Query[InviteCard]):
    """What an invitation leads to; public. `NotFound`, `InviteEnded`."""

    code: InviteCode


class AcceptInvite(Command[SpaceFound]):
    """Come into the invitation's space. Who is in it stays as they are."""

    pipelined = True
    code: InviteCode


class DeleteInvite(Command[None]):
    """Revoke an invitation."""

    pipelined = True
    code: InviteCode


# --- people -----------------------------------------------------------------------------------------


class UserFound(Model):
    """A user."""

    user: UserView


class UserPage(Model):
    """A page of users, by display name."""

    items: list[UserView]
    next: str | None


class GetUser(Query[UserFound]):
    """Somebody with whom I share a space or a conversation, else `NotFound`."""

    user_id: Id


class FindUsers(Query[UserPage]):
    """Such people by the beginning of a word of their name, or of their username; accents fold."""

    query: Annotated[str, StringConstraints(max_length=80)]
    cursor: str | None = None
    limit: int | None = None


# --- told -------------------------------------------------------------------------------------------


class SpaceChanged(Event):
    """A space has another name or wall."""

    space_id: Id
    name: str
    wall: Wall


class SpaceAdded(Event):
    """People came into a space, or have another role in it."""

    space_id: Id
    user_ids: list[Id]


class SpaceRemoved(Event):
    """A person is no longer in a space."""

    space_id: Id
    user_id: Id


class PersonChanged(Event):
    """A person known to these spaces looks different now."""

    user: UserView
    space_ids: list[Id]


from tertulia.conversations.contract.conversations import ConversationView  # noqa: E402

SetUpDone.model_rebuild()
