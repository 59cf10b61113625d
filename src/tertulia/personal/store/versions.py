"""The versions of each person's things: every change gets one above all before it."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from tertulia.kit.db.columns import insert, milliseconds
from tertulia.personal.rules import next_version
from tertulia.personal.tables import versions


def last(connection: Connection, user_id: str) -> int:
    """The version that the person was given last; 0 before the first."""
    found = connection.execute(select(versions.c.last).where(versions.c.user_id == user_id))
    return found.scalar() or 0


def advance(connection: Connection, user_id: str, now: datetime) -> int:
    """Give the person the next version."""
    version = next_version(last(connection, user_id), milliseconds(now))
    statement = insert(connection, versions).values(user_id=user_id, last=version)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"], set_={"last": statement.excluded.last}
        )
    )
    return version


def forget_person(connection: Connection, user_id: str) -> None:
    """Nothing is left of the person."""
    connection.execute(delete(versions).where(versions.c.user_id == user_id))
