"""One's own user: reading it and changing it."""

from collections.abc import Collection

from tertulia.accounts.contract import (
    GetProfile,
    ProfileFound,
    ReauthRequired,
    UpdateProfile,
    UserChanged,
)
from tertulia.accounts.handlers.unique import check_unique
from tertulia.accounts.rules.sessions import is_fresh
from tertulia.accounts.rules.users import (
    User,
    changed,
    check_person,
    check_time_zone,
    check_username,
    email_key,
    profile,
    user_view,
)
from tertulia.accounts.store import sessions, users
from tertulia.accounts.tables import log as events
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Unauthenticated
from tertulia.kit.db import Connection
from tertulia.kit.service import Kit


class Profiles:
    """What a person sees and changes of themselves."""

    def __init__(self, kit: Kit, time_zones: Collection[str]) -> None:
        self._kit = kit
        self._time_zones = time_zones

    def get_profile(
        self, connection: Connection, _request: GetProfile, actor: Actor
    ) -> ProfileFound:
        """See `GetProfile`."""
        return ProfileFound(user=profile(_find_self(connection, actor)))

    def update_profile(
        self, connection: Connection, request: UpdateProfile, actor: Actor
    ) -> ProfileFound:
        """See `UpdateProfile`."""
        before = _find_self(connection, actor)
        after = changed(before, request)
        if after != before:
            self._check(connection, before, after, actor)
            users.save_user(connection, after)
            users.keep_username(connection, after, self._kit.clock.now())
        if after.version != before.version:
            told = UserChanged(
                user=user_view(after), version=after.version, active=after.active, created=False
            )
            events.append(connection, [told])
        return ProfileFound(user=profile(after))

    def _check(self, connection: Connection, before: User, after: User, actor: Actor) -> None:
        check_username(after.username)
        if after.time_zone != before.time_zone:
            check_time_zone(after.time_zone, self._time_zones)
        if email_key(after.email) != email_key(before.email):
            self._check_fresh(connection, actor)
        check_unique(connection, after)

    def _check_fresh(self, connection: Connection, actor: Actor) -> None:
        session = sessions.find_session(connection, actor.id, actor.session_id or "")
        if not is_fresh(session, self._kit.clock.now()):
            raise ReauthRequired


def _find_self(connection: Connection, actor: Actor) -> User:
    check_person(actor)
    user = users.find_user(connection, actor.id)
    if user is None or not user.active:
        raise Unauthenticated
    return user
