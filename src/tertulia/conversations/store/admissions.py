"""The rows of admissions: who is coming in, between the reservation and the end of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from tertulia.conversations.tables import admissions
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert

SET_UP, REGISTRATION = "set_up", "registration"


def add_admission(connection: Connection, values: Mapping[str, Any]) -> None:
    """Somebody is about to come in."""
    connection.execute(insert(connection, admissions).values(**values))


def find_admission(connection: Connection, user_id: str) -> Record | None:
    """The admission of a person."""
    return connection.execute(
        select(admissions).where(admissions.c.user_id == user_id)
    ).one_or_none()


def get_admission(connection: Connection, user_id: str) -> Record:
    """The admission of a person who is coming in."""
    return connection.execute(select(admissions).where(admissions.c.user_id == user_id)).one()


def find_set_up(connection: Connection) -> Record | None:
    """The admission of the first owner, done or not."""
    return connection.execute(select(admissions).where(admissions.c.kind == SET_UP)).one_or_none()


def list_open(connection: Connection, before: datetime) -> list[str]:
    """Whose admission began up to a moment and is not done."""
    found = connection.execute(
        select(admissions.c.user_id)
        .where(admissions.c.done_at.is_(None), admissions.c.created_at <= before)
        .order_by(admissions.c.created_at)
    )
    return list(found.scalars())


def mark_done(connection: Connection, user_id: str, plan: Mapping[str, Any], at: datetime) -> None:
    """The person is in; `plan` says what was made for them."""
    connection.execute(
        update(admissions)
        .where(admissions.c.user_id == user_id)
        .values(plan=dict(plan), done_at=at)
    )


def remove_admission(connection: Connection, user_id: str) -> None:
    """Nobody needs it any more."""
    connection.execute(delete(admissions).where(admissions.c.user_id == user_id))


def remove_done(connection: Connection) -> None:
    """Forget the registrations that are done; set-up is remembered."""
    connection.execute(
        delete(admissions).where(
            admissions.c.kind == REGISTRATION, admissions.c.done_at.is_not(None)
        )
    )
