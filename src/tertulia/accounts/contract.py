"""What others may ask of accounts, and what it tells them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tertulia.kernel.actor import UserKind
from tertulia.kernel.clock import Moment
from tertulia.kernel.errors import AppError, Conflict
from tertulia.kernel.event_log import EventsQuery
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Event, Model, Query
from tertulia.kernel.text import Name, Username


def _readable(text: str) -> str:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise PydanticCustomError("control_character", "not readable text")
    return text


Language = Literal["en", "es"]
_ADDRESS = r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$"
Email = Annotated[
    str, StringConstraints(max_length=254, pattern=_ADDRESS), AfterValidator(_readable)
]
"""An e-mail address, kept as typed; two that differ in case only count as the same."""
TimeZone = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_+\-/]+$")]
"""An IANA name, checked against the zones that the machine knows."""
Password = Annotated[str, AfterValidator(_readable), Field(repr=False)]
"""Checked against `limits.password_*` and the list of common ones where it is set."""
Login = Annotated[str, StringConstraints(max_length=254), AfterValidator(_readable)]
"""A username or an e-mail address."""


class WrongCredentials(AppError):
    """Unknown user or wrong password: the same answer."""

    code, status, detail = "accounts.wrong_credentials", 401, "User or password is wrong."


class UsernameTaken(Conflict):
    """Somebody has it or had it, or nobody may."""

    code, detail = "accounts.username_taken", "That username is taken."


class AlreadySetUp(Conflict):
    """The first owner exists."""

    code, detail = "accounts.already_set_up", "This server is set up already."


class SetupCodeWrong(AppError):
    """Set-up from afar needs the code printed at start."""

    code, status, detail = "accounts.setup_code_wrong", 403, "The set-up code is wrong."


class RegistrationClosed(AppError):
    """The policy does not let this person register."""

    code, status, detail = "accounts.registration_closed", 403, "Registration is closed."


class ReauthRequired(AppError):
    """A sensitive change asks for a sign-in of the last ten minutes: give the password again."""

    code, status, detail = "accounts.reauth_required", 403, "Sign in again for this."


class UserView(Model):
    """A user as everybody may see them."""

    id: Id
    username: str | None
    display_name: str
    avatar_url: str | None
    kind: UserKind


class Profile(UserView):
    """One's own user."""

    email: str | None
    language: str
    time_zone: str
    administrator: bool


class ProfileFound(Model):
    """One's own user."""

    user: Profile


class SessionView(Model):
    """One sign-in: where from, and when it was last used."""

    id: Id
    created_at: Moment
    seen_at: Moment
    client: str
    current: bool


class SignedIn(Model):
    """A new session. The token is shown this once."""

    token: str
    user: Profile
    session_id: Id


class SessionList(Model):
    """All sessions of a person."""

    items: list[SessionView]


class Identity(Model):
    """Whom a live token stands for."""

    user: UserView
    session_id: Id
    administrator: bool
    version: int
    """Of the profile: the higher one is the later one."""


# --- asked by other services and the gateway ------------------------------------------------------


class Authenticate(Query[Identity]):
    """Whom this token stands for, a guest's pass included.

    `Unauthenticated` when it is malformed, unknown, ended or revoked, or a guest's where the asker
    may not be a guest. Ask with the actor that the gateway knows so far, for its `local`.
    """

    token: Annotated[str, Field(repr=False)]
    display_name: Name | None = None
    """The name of a returning guest, who is stored nowhere; an account has its own."""


class OpenGuest(Query["GuestPass"]):
    """A pass for a caller without an account; nothing is stored until they speak.

    `Unauthenticated` where the asker may not be a guest.
    """

    display_name: Name | None = None


class GuestPass(Model):
    """A guest's identity, and the token with which they are the same guest again."""

    token: str
    identity: Identity


class CreateAccount(Command[SignedIn]):
    """Create a user and sign them in; never asked at the edge.

    The same `user_id` with the same username and password again signs the same user in anew; with
    others it is `WrongCredentials`. `UsernameTaken`; `Invalid` for a password that is too short, too
    long or common, a time zone that does not exist and an e-mail address that is somebody else's;
    `RateLimited` above the limit of an address.
    """

    user_id: Id
    username: Username
    display_name: Name
    password: Password
    email: Email | None = None
    language: Language = "en"
    time_zone: TimeZone = "UTC"
    administrator: bool = False


class FindAccount(Query["UserView | None"]):
    """The user of an id, if there is one."""

    user_id: Id


class HasAccounts(Query[bool]):
    """Whether anybody has an account here."""


class ResetPassword(Command[None]):
    """Set a person's password and end all their sessions, sockets closed before the answer.

    For the operator: `Forbidden` to others. `NotFound`; `Invalid` as in `CreateAccount`.
    """

    username: Username
    password: Password


# --- asked at the edge ----------------------------------------------------------------------------


class SignIn(Command[SignedIn]):
    """A new session for a username or e-mail address and its password.

    `WrongCredentials`; `RateLimited` above the limits of an account and an address.
    """

    work = "boot"

    login: Login
    password: Password
    totp: str | None = None
    """Accepted for accounts with a second factor; ignored for those without."""


class ListSessions(Query[SessionList]):
    """My sessions, the last used first; at most 200."""


class RevokeSession(Command[None]):
    """End a session of mine, by id, `current` or `all`; its sockets are closed before the answer.

    `NotFound` when it never was mine.
    """

    session_id: Id | Literal["current", "all"]


class GetProfile(Query[ProfileFound]):
    """My own user."""


class UpdateProfile(Command[ProfileFound]):
    """Change what is given of my own user; an `email` of null removes it.

    `UsernameTaken`; `Invalid` for a time zone that does not exist and an e-mail address that is
    somebody else's; `ReauthRequired` for another e-mail address unless just signed in.
    """

    display_name: Name | None = None
    username: Username | None = None
    email: Email | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None


class ListEvents(EventsQuery):
    """See `EventsQuery`: for those who keep a copy of what accounts knows of people."""


# --- told -----------------------------------------------------------------------------------------


class UserChanged(Event):
    """A user was created or changed; `version` rises with each change of what others see."""

    user: UserView
    version: int
    active: bool
    created: bool


class SessionsRevoked(Event):
    """Sessions ended by sign-out, password change or deactivation: their tokens are dead."""

    barrier = True

    user_id: Id
    session_ids: list[Id]
