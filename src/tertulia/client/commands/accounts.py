"""The commands of the service `accounts`."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from tertulia.client.commands.base import Command
from tertulia.client.models import Profile, Session


@dataclass(frozen=True)
class ListSessions(Command[Sequence[Session]], name="accounts.list_sessions", part="items"):
    """List where I am signed in."""


@dataclass(frozen=True)
class RevokeSession(Command[None], name="accounts.revoke_session"):
    """End a session of mine: an id, `current` or `all`."""

    session_id: str


@dataclass(frozen=True)
class GetProfile(Command[Profile], name="accounts.get_profile", part="user"):
    """Read my own account."""


@dataclass(frozen=True)
class UpdateProfile(Command[Profile], name="accounts.update_profile", part="user"):
    """Change my own account; what is left out stays."""

    _: KW_ONLY
    display_name: str | None = None
    username: str | None = None
    email: str | None = None
    language: str | None = None
    time_zone: str | None = None
