"""Saved messages: whose, which, and when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, select
from sqlalchemy.sql.elements import ColumnElement

from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert
from tertulia.personal.tables import saved


def is_saved(connection: Connection, user_id: str, message_id: str) -> bool:
    """Whether the person saved the message."""
    found = connection.execute(select(saved.c.version).where(_one(user_id, message_id)))
    return found.first() is not None


def add(connection: Connection, user_id: str, message_id: str, version: int, at: datetime) -> None:
    """Save a message that is not saved."""
    connection.execute(
        insert(connection, saved).values(
            user_id=user_id, message_id=message_id, version=version, saved_at=at
        )
    )


def remove(connection: Connection, user_id: str, message_id: str) -> None:
    """Save it no more."""
    connection.execute(delete(saved).where(_one(user_id, message_id)))


def count(connection: Connection, user_id: str) -> int:
    """How many messages the person saved."""
    counted = select(func.count()).select_from(saved).where(saved.c.user_id == user_id)
    return connection.execute(counted).scalar_one()


def list_page(
    connection: Connection, user_id: str, before: int | None, limit: int
) -> Sequence[Record]:
    """What the person saved below a version, the last saved first."""
    wanted = [saved.c.user_id == user_id]
    if before is not None:
        wanted.append(saved.c.version < before)
    found = select(saved).where(*wanted).order_by(saved.c.version.desc())
    return connection.execute(found.limit(limit)).all()


def list_ids(connection: Connection, user_id: str) -> list[str]:
    """The ids of all that the person saved, the last saved first."""
    found = select(saved.c.message_id).where(saved.c.user_id == user_id)
    return list(connection.execute(found.order_by(saved.c.version.desc())).scalars())


def forget_person(connection: Connection, user_id: str) -> None:
    """Nothing is left of the person."""
    connection.execute(delete(saved).where(saved.c.user_id == user_id))


def _one(user_id: str, message_id: str) -> ColumnElement[bool]:
    return and_(saved.c.user_id == user_id, saved.c.message_id == message_id)
