"""What others may ask of accounts, and what it tells them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tertulia.kernel.actor import UserKind
from tertulia.kernel.clock import Moment
from tertulia.kernel.errors import AppError, Conflict
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Event, Model, Query
from tertulia.kernel.text import Name, Username

Language = Literal["en", "es"]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
TimeZone = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_+\-/]+$")]
"""An IANA name, checked against the zones that the machine knows."""
Password = Annotated[str, Field(repr=False)]
"""Checked against `limits.password_*` and the list of common ones where it is set."""


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
    """A sensitive change asks for the password again."""

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
    """Whom this token stands for. `Unauthenticated` when it is unknown, ended or revoked."""

    token: Annotated[str, Field(repr=False, max_length=256)]


class OpenGuest(Query["GuestPass"]):
    """A pass for a caller without an account; nothing is stored until they speak."""

    display_name: Name | None = None


class GuestPass(Model):
    """A guest's identity, and the token with which they are the same guest again."""

    token: str
    identity: Identity


class CreateAccount(Command[SignedIn]):
    """Create a user and sign them in. The same `user_id` again signs the same user in anew.

    `UsernameTaken`; `Invalid` for a password that is too short, too long or common.
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
    """Set a person's password and end all their sessions; for the operator. `NotFound`."""

    username: Username
    password: Password


# --- asked at the edge ----------------------------------------------------------------------------


class SignIn(Command[SignedIn]):
    """A new session for a username or e-mail address and its password.

    `WrongCredentials`; `RateLimited` above the limits of an account and an address.
    """

    login: Annotated[str, StringConstraints(max_length=254)]
    password: Password
    totp: str | None = None
    """Accepted for accounts with a second factor; ignored for those without."""


class ListSessions(Query[SessionList]):
    """My sessions, the last used first."""


class RevokeSession(Command[None]):
    """End a session of mine, by id, `current` or `all`; its sockets are closed before the answer."""

    session_id: Id | Literal["current", "all"]


class GetProfile(Query[ProfileFound]):
    """My own user."""


class UpdateProfile(Command[ProfileFound]):
    """Change what is given of my own user. `UsernameTaken`."""

    display_name: Name | None = None
    username: Username | None = None
    email: Email | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None


# --- told -----------------------------------------------------------------------------------------


class UserChanged(Event):
    """A user was created or changed; `version` rises with each change of what others see."""

    user: UserView
    version: int
    active: bool
    created: bool


class SessionsRevoked(Event):
    """Sessions ended by sign-out, password change or deactivation."""

    user_id: Id
    session_ids: list[Id]
