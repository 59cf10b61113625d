"""Accounts: making them, finding them, and setting their passwords."""

from collections.abc import Collection
from dataclasses import dataclass

import structlog

from tertulia.accounts.contract import (
    CreateAccount,
    FindAccount,
    HasAccounts,
    ResetPassword,
    SignedIn,
    UserChanged,
    UserView,
    WrongCredentials,
)
from tertulia.accounts.handlers.hashing import Hasher
from tertulia.accounts.handlers.rates import Rates
from tertulia.accounts.handlers.sessions import Sessions, revoke_all
from tertulia.accounts.handlers.unique import check_unique
from tertulia.accounts.rules.passwords import check_password
from tertulia.accounts.rules.sessions import Session
from tertulia.accounts.rules.users import (
    Account,
    User,
    check_time_zone,
    check_username,
    new_user,
    profile,
    user_view,
)
from tertulia.accounts.store import sessions, users
from tertulia.accounts.tables import log as events
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Forbidden, NotFound
from tertulia.kit.db import Connection, each
from tertulia.kit.service import Kit

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Creation:
    """A user to be stored, with their password's hash and their first session."""

    user: User
    password_hash: str
    session: Session


@dataclass(frozen=True)
class NewPassword:
    """The hash that takes the place of a user's password."""

    user_id: str
    password_hash: str


class Accounts:
    """Makes and finds accounts."""

    def __init__(
        self,
        kit: Kit,
        hasher: Hasher,
        rates: Rates,
        openings: Sessions,
        time_zones: Collection[str],
    ) -> None:
        self._kit = kit
        self._hasher = hasher
        self._rates = rates
        self._openings = openings
        self._time_zones = time_zones
        self._store_created = each(self._create)
        self._store_password = kit.write(self._set_password, barrier="accounts")

    async def create_account(self, request: CreateAccount, actor: Actor) -> SignedIn:
        """See `CreateAccount`."""
        self._rates.check_registration(actor)
        self._check(request)
        user = new_user(request)
        account = await self._kit.database.read(lambda reader: _find_or_check(reader, user))
        if account is None:
            done = await self._store(user, request.password, actor)
            if done is not None:
                return done
            account = await self._kit.database.read(lambda it: users.find_account(it, user.id))
        return await self._sign_in_again(account, request, actor)

    async def reset_password(self, request: ResetPassword, actor: Actor) -> None:
        """See `ResetPassword`."""
        if actor.kind != "system":
            raise Forbidden
        account = await self._kit.database.read(
            lambda reader: users.find_account_by_username(reader, request.username)
        )
        if account is None:
            raise NotFound
        names = (account.user.username, account.user.email)
        check_password(request.password, self._kit.limits, names=names)
        password_hash = await self._hasher.hash(request.password)
        await self._store_password(NewPassword(account.user.id, password_hash), actor)
        log.info("password_reset", user_id=account.user.id)

    def find_account(
        self, connection: Connection, request: FindAccount, _actor: Actor
    ) -> UserView | None:
        """See `FindAccount`."""
        user = users.find_user(connection, request.user_id)
        return None if user is None else user_view(user)

    def has_accounts(self, connection: Connection, _request: HasAccounts, _actor: Actor) -> bool:
        """See `HasAccounts`."""
        return users.has_users(connection)

    def _check(self, request: CreateAccount) -> None:
        check_username(request.username)
        check_time_zone(request.time_zone, self._time_zones)
        names = (request.username, request.email)
        check_password(request.password, self._kit.limits, names=names)

    async def _store(self, user: User, password: str, actor: Actor) -> SignedIn | None:
        """The first session of a new user; None when somebody stored the id meanwhile."""
        password_hash = await self._hasher.hash(password)
        token, session = self._openings.new_session(user.id, actor)
        creation = Creation(user, password_hash, session)
        if not await self._kit.database.write(self._store_created, creation, actor):
            return None
        log.info("account_created", user_id=user.id, session_id=session.id)
        return SignedIn(token=token, user=profile(user), session_id=session.id)

    async def _sign_in_again(
        self, account: Account | None, request: CreateAccount, actor: Actor
    ) -> SignedIn:
        if account is None or account.user.username != request.username:
            raise WrongCredentials
        if not await self._hasher.verify(account.password_hash, request.password):
            raise WrongCredentials
        return await self._openings.open_session(account, request.password, actor)

    def _create(self, connection: Connection, creation: Creation, _actor: Actor) -> bool:
        user, now = creation.user, self._kit.clock.now()
        if _find_or_check(connection, user) is not None:
            return False
        users.add_user(connection, user, now)
        users.set_password(connection, user.id, creation.password_hash, now)
        sessions.add_session(connection, creation.session)
        told = UserChanged(user=user_view(user), version=user.version, active=True, created=True)
        events.append(connection, [told])
        return True

    def _set_password(self, connection: Connection, change: NewPassword, _actor: Actor) -> None:
        now = self._kit.clock.now()
        users.set_password(connection, change.user_id, change.password_hash, now)
        revoke_all(connection, change.user_id, self._kit)


def _find_or_check(connection: Connection, user: User) -> Account | None:
    account = users.find_account(connection, user.id)
    if account is None:
        check_unique(connection, user)
    return account
