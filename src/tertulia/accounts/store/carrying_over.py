"""What a restore must not bring back: sessions that were ended since, and passwords that were replaced."""

from typing import Any

from sqlalchemy import Connection, delete, select

from tertulia.accounts.tables import credentials, sessions, users
from tertulia.kit.db.columns import insert


def carry_over(connection: Connection, earlier: Connection | None) -> None:
    """Keep, of the people whom the backup knows, the sessions and passwords of the data before.

    Where that cannot be read any session may have been revoked since, so all of them end.
    """
    connection.execute(delete(sessions))
    if earlier is None:
        return
    known = set(connection.execute(select(users.c.id)).scalars())
    _add_sessions(connection, [row for row in _live(earlier) if row["user_id"] in known])
    for row in _passwords(earlier):
        if row["user_id"] in known:
            _set_later(connection, row)


def _live(earlier: Connection) -> list[dict[str, Any]]:
    found = earlier.execute(select(sessions).where(sessions.c.ended_at.is_(None)))
    return [dict(row) for row in found.mappings()]


def _add_sessions(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(connection, sessions), rows)


def _passwords(earlier: Connection) -> list[dict[str, Any]]:
    return [dict(row) for row in earlier.execute(select(credentials)).mappings()]


def _set_later(connection: Connection, row: dict[str, Any]) -> None:
    statement = insert(connection, credentials).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"],
            set_={
                "password_hash": statement.excluded.password_hash,
                "changed_at": statement.excluded.changed_at,
            },
            where=credentials.c.changed_at < statement.excluded.changed_at,
        )
    )
