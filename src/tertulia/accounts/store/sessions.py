"""Sessions, found by the digests of their tokens."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select, update

from tertulia.accounts.rules.sessions import LASTS, LISTED, Session
from tertulia.accounts.rules.users import User
from tertulia.accounts.store.users import USER_COLUMNS
from tertulia.accounts.tables import sessions, users
from tertulia.kit.db.columns import insert

_COLUMNS = tuple(sessions.c[field.name] for field in fields(Session))
"""In the order of the fields of `Session`."""

_BY_DIGEST = (
    select(*_COLUMNS, *USER_COLUMNS)
    .join_from(sessions, users)
    .where(sessions.c.digest == bindparam("wanted"))
)


def find_by_digest(connection: Connection, digest: str) -> tuple[Session, User] | None:
    """The session of a token's digest, live or not, with its user."""
    row = connection.execute(_BY_DIGEST, {"wanted": digest}).first()
    if row is None:
        return None
    width = len(_COLUMNS)
    return Session(*row[:width]), User(*row[width:])


def find_session(connection: Connection, user_id: str, session_id: str) -> Session | None:
    """A session of a user, live or not."""
    row = connection.execute(
        select(*_COLUMNS).where(sessions.c.id == session_id, sessions.c.user_id == user_id)
    ).first()
    return None if row is None else Session(*row)


def list_sessions(connection: Connection, user_id: str, now: datetime) -> list[Session]:
    """The live sessions of a user, the last used first."""
    rows = connection.execute(
        _live(user_id, now).order_by(sessions.c.seen_at.desc(), sessions.c.id).limit(LISTED)
    )
    return [Session(*row) for row in rows]


def add_session(connection: Connection, session: Session) -> None:
    """Store a new session."""
    connection.execute(insert(connection, sessions).values(asdict(session)))


def touch_session(connection: Connection, session_id: str, now: datetime) -> None:
    """Note that a session was used."""
    connection.execute(update(sessions).where(sessions.c.id == session_id).values(seen_at=now))


def end_session(connection: Connection, session: Session, now: datetime) -> None:
    """Make a session's token worthless."""
    connection.execute(update(sessions).where(sessions.c.id == session.id).values(ended_at=now))


def end_sessions(connection: Connection, user_id: str, now: datetime) -> list[str]:
    """Make the tokens of all live sessions of a user worthless; their ids."""
    ids = [row.id for row in connection.execute(_live(user_id, now))]
    connection.execute(
        update(sessions)
        .where(sessions.c.user_id == user_id, sessions.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    return ids


def forget_sessions(connection: Connection, now: datetime, user_id: str | None = None) -> None:
    """Delete what was used last so long ago that it is dead, ended or not; of one user or of all."""
    dead = delete(sessions).where(sessions.c.seen_at <= now - LASTS)
    connection.execute(dead if user_id is None else dead.where(sessions.c.user_id == user_id))


def _live(user_id: str, now: datetime) -> Select[Any]:
    return select(*_COLUMNS).where(
        sessions.c.user_id == user_id,
        sessions.c.ended_at.is_(None),
        sessions.c.seen_at > now - LASTS,
    )
