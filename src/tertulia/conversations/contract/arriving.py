"""Coming in: set-up, and registration by invitation, by open door or by the operator."""

from typing import Literal

from pydantic import Field

from tertulia.accounts.contract import Email, Language, Password, Profile, TimeZone
from tertulia.conversations.contract.conversations import ConversationView
from tertulia.conversations.contract.invites import InviteCode
from tertulia.conversations.contract.spaces import SpaceKind, SpaceRole, SpaceView, Wall
from tertulia.kernel.messages import Command, Model, Query
from tertulia.kernel.text import Name, Username


class FirstSpace(Model):
    """The space that set-up makes."""

    name: Name
    kind: SpaceKind = "team"
    wall: Wall | None = None


class SetUpDone(Model):
    """The first owner's session, space and channel."""

    token: str
    user: Profile
    space: SpaceView
    conversation: ConversationView


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
    organization: str | None
    """As set-up named it; null before."""
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

    `RegistrationClosed`, `NotFound` for an unknown invitation, `InviteEnded`, `UsernameTaken`.
    """

    work = "boot"

    username: Username
    display_name: Name
    password: Password
    email: Email | None = None
    language: Language = "en"
    time_zone: TimeZone = "UTC"
    invite: InviteCode | None = None


class CreateUser(Command[Registered]):
    """Make a person, for the operator: into the first space, if there is one. `Forbidden`."""

    username: Username
    display_name: Name
    password: Password
    email: Email | None = None
    administrator: bool = False
    role: SpaceRole | None = None
    """In the first space; without it what a plain invitation would give."""
