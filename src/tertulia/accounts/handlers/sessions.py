"""Sessions: signing in, being recognised, signing out."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime

import structlog

from tertulia.accounts.contract import (
    Authenticate,
    Identity,
    ListSessions,
    RevokeSession,
    SessionList,
    SessionsRevoked,
    SignedIn,
    SignIn,
    WrongCredentials,
)
from tertulia.accounts.handlers.guests import Guests
from tertulia.accounts.handlers.hashing import Hasher
from tertulia.accounts.handlers.rates import Rates
from tertulia.accounts.rules import guests
from tertulia.accounts.rules import sessions as rules
from tertulia.accounts.rules.sessions import Session
from tertulia.accounts.rules.users import Account, User, check_person, profile, user_view
from tertulia.accounts.store import sessions, users
from tertulia.accounts.tables import log as events
from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import AppError, NotFound, Unauthenticated
from tertulia.kernel.ids import new_id
from tertulia.kernel.text import fold
from tertulia.kit.db import Connection, each
from tertulia.kit.service import Kit

NOTED = 10_000
"""Uses that are remembered before those long written down are forgotten."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Opening:
    """A session to be stored if the hash against which its password was verified still stands."""

    session: Session
    password_hash: str | None
    rehashed: str | None = None


class Sessions:
    """Opens sessions, recognises their tokens and ends them."""

    def __init__(self, kit: Kit, hasher: Hasher, rates: Rates, passes: Guests) -> None:
        self._kit = kit
        self._hasher = hasher
        self._rates = rates
        self._passes = passes
        self._store_opened = each(self._open)
        self._store_touched = each(self._touch)
        self._store_forgotten = each(self._forget)
        self._noted: dict[str, datetime] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def sign_in(self, request: SignIn, actor: Actor) -> SignedIn:
        """See `SignIn`."""
        self._rates.check_address(actor)
        account = await self._kit.database.read(lambda reader: _find(reader, request.login))
        self._rates.check_account(account.user.id if account else fold(request.login))
        password_hash = account.password_hash if account else None
        if not await self._hasher.verify(password_hash, request.password) or account is None:
            log.info("sign_in_refused", user_id=account.user.id if account else None)
            raise WrongCredentials
        return await self.open_session(account, request.password, actor)

    async def open_session(self, account: Account, password: str, actor: Actor) -> SignedIn:
        """Sign in a user whose password was verified just now."""
        token, session = self.new_session(account.user.id, actor)
        rehashed = None
        if account.password_hash and self._hasher.is_outdated(account.password_hash):
            rehashed = await self._hasher.hash(password)
        opening = Opening(session, account.password_hash, rehashed)
        user: User = await self._kit.database.write(self._store_opened, opening, actor)
        log.info("signed_in", user_id=user.id, session_id=session.id)
        return SignedIn(token=token, user=profile(user), session_id=session.id)

    def new_session(self, user_id: str, actor: Actor) -> tuple[str, Session]:
        """A token, and the session that it will open once that is stored."""
        now = self._kit.clock.now()
        token = rules.session_token(secrets.token_urlsafe(32))
        session = Session(
            id=new_id(),
            user_id=user_id,
            digest=rules.token_digest(token),
            created_at=now,
            seen_at=now,
            client=rules.client_name(actor.client),
        )
        return token, session

    async def authenticate(self, request: Authenticate, actor: Actor) -> Identity:
        """See `Authenticate`: one read by an index, none for a guest."""
        if request.token.startswith(guests.PREFIX):
            return self._passes.authenticate(request, actor)
        if not rules.is_token(request.token):
            raise Unauthenticated
        digest, now = rules.token_digest(request.token), self._kit.clock.now()
        found = await self._kit.database.read(lambda it: sessions.find_by_digest(it, digest))
        if found is None or not rules.is_good(found[0], digest, now) or not found[1].active:
            raise Unauthenticated
        session, user = found
        if rules.needs_touch(session, now):
            self._note_use(session.id, now)
        return Identity(
            user=user_view(user),
            session_id=session.id,
            administrator=user.administrator,
            version=user.version,
        )

    def list_sessions(
        self, connection: Connection, _request: ListSessions, actor: Actor
    ) -> SessionList:
        """See `ListSessions`."""
        check_person(actor)
        found = sessions.list_sessions(connection, actor.id, self._kit.clock.now())
        return SessionList(items=[rules.session_view(it, actor.session_id) for it in found])

    def revoke_session(self, connection: Connection, request: RevokeSession, actor: Actor) -> None:
        """See `RevokeSession`."""
        check_person(actor)
        if request.session_id == "all":
            revoke_all(connection, actor.id, self._kit)
            return
        wanted = actor.session_id if request.session_id == "current" else request.session_id
        session = sessions.find_session(connection, actor.id, wanted or "")
        if session is None:
            raise NotFound
        now = self._kit.clock.now()
        if rules.is_live(session, now):
            sessions.end_session(connection, session, now)
            revoked = SessionsRevoked(user_id=actor.id, session_ids=[session.id])
            events.append(connection, [revoked])

    async def forget_dead(self) -> None:
        """Delete what expired while the server was down."""
        await self._kit.database.write(self._store_forgotten, None, SYSTEM)

    async def stop(self) -> None:
        """Finish writing down what was used."""
        await asyncio.gather(*self._notes)

    def _note_use(self, session_id: str, now: datetime) -> None:
        """Write `seen_at` beside the hot path, once for all requests that read it before."""
        noted = self._noted.get(session_id)
        if noted is not None and now - noted < rules.TOUCH:
            return
        if len(self._noted) >= NOTED:
            self._noted = {it: at for it, at in self._noted.items() if now - at < rules.TOUCH}
        self._noted[session_id] = now
        note = asyncio.create_task(self._write_touch(session_id))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _write_touch(self, session_id: str) -> None:
        try:
            await self._kit.database.write(self._store_touched, session_id, SYSTEM)
        except AppError as refusal:
            self._noted.pop(session_id, None)
            log.warning("session_not_touched", session_id=session_id, code=refusal.code)

    def _open(self, connection: Connection, opening: Opening, _actor: Actor) -> User:
        session, now = opening.session, self._kit.clock.now()
        account = users.find_account(connection, session.user_id)
        if account is None or account.password_hash != opening.password_hash:
            raise WrongCredentials
        if not account.user.active:
            raise WrongCredentials
        if opening.rehashed:
            users.set_password(connection, session.user_id, opening.rehashed, now)
        sessions.forget_sessions(connection, now, session.user_id)
        sessions.add_session(connection, session)
        return account.user

    def _touch(self, connection: Connection, session_id: str, _actor: Actor) -> None:
        sessions.touch_session(connection, session_id, self._kit.clock.now())

    def _forget(self, connection: Connection, _request: None, _actor: Actor) -> None:
        sessions.forget_sessions(connection, self._kit.clock.now())


def revoke_all(connection: Connection, user_id: str, kit: Kit) -> None:
    """End all sessions of a user, and say so."""
    ended = sessions.end_sessions(connection, user_id, kit.clock.now())
    if ended:
        events.append(connection, [SessionsRevoked(user_id=user_id, session_ids=ended)])


def _find(connection: Connection, login: str) -> Account | None:
    login = login.strip()
    if "@" in login:
        return users.find_account_by_email(connection, login)
    return users.find_account_by_username(connection, fold(login))
