"""Users: what is stored of them, what others see, and what may be changed."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from tertulia.accounts.contract import (
    CreateAccount,
    Profile,
    UpdateProfile,
    UsernameTaken,
    UserView,
)
from tertulia.kernel.actor import Actor, UserKind
from tertulia.kernel.errors import FieldError, Forbidden, Invalid, Unauthenticated
from tertulia.kernel.text import fold

RESERVED = frozenset({"all", "channel", "everyone", "here", "me", "system"})


@dataclass(frozen=True)
class User:
    """A user as stored. `version` rises with each change of what others see."""

    id: str
    kind: UserKind
    username: str
    display_name: str
    avatar_url: str | None
    email: str | None
    language: str
    time_zone: str
    administrator: bool
    active: bool
    version: int


@dataclass(frozen=True)
class Account:
    """A user with the hash of their password; None for who signs in without one."""

    user: User
    password_hash: str | None


def new_user(request: CreateAccount) -> User:
    """The person that a request describes, as of now their first version."""
    return User(
        id=request.user_id,
        kind="person",
        username=request.username,
        display_name=request.display_name,
        avatar_url=None,
        email=request.email,
        language=request.language,
        time_zone=request.time_zone,
        administrator=request.administrator,
        active=True,
        version=1,
    )


def user_view(user: User) -> UserView:
    """A user as everybody may see them."""
    return UserView(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        avatar_url=user.avatar_url,
        kind=user.kind,
    )


def profile(user: User) -> Profile:
    """A user as they see themselves."""
    return Profile(
        **user_view(user).model_dump(),
        email=user.email,
        language=user.language,
        time_zone=user.time_zone,
        administrator=user.administrator,
    )


def changed(user: User, request: UpdateProfile) -> User:
    """The user with what is given; the version rises when others see a difference."""
    given = {name for name in request.model_fields_set if getattr(request, name) is not None}
    if "email" in request.model_fields_set:
        given.add("email")
    after = replace(user, **{name: getattr(request, name) for name in given})
    return replace(after, version=user.version + (user_view(after) != user_view(user)))


def check_person(actor: Actor) -> None:
    """`Unauthenticated` for nobody, `Forbidden` for who has no account."""
    if actor.kind == "nobody":
        raise Unauthenticated
    if actor.kind not in {"person", "bot"}:
        raise Forbidden


def check_username(username: str) -> None:
    """`UsernameTaken` for the words that mentions need."""
    if username in RESERVED:
        raise UsernameTaken


def check_time_zone(time_zone: str, known: Collection[str]) -> None:
    """`Invalid` for a zone that the machine does not know."""
    if time_zone != "UTC" and time_zone not in known:
        raise invalid_field("time_zone", "unknown_time_zone", "There is no such time zone.")


def email_taken() -> Invalid:
    """The refusal of an e-mail address by which somebody else signs in."""
    return invalid_field("email", "email_taken", "Somebody else has that e-mail address.")


def invalid_field(field: str, code: str, detail: str, **params: object) -> Invalid:
    """The refusal of one field."""
    return Invalid(params=params, errors=[FieldError(field, code, detail)])


def email_key(email: str | None) -> str | None:
    """The form in which two e-mail addresses count as the same."""
    return None if email is None else fold(email)
