"""A database with many people in it, without hashing a password for each.

One person comes in through the HTTP interface, as people do. All others are copies of that person's rows
under other ids, names and tokens: the same tables, whatever columns they have.
"""

import hashlib
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

PERSON_TABLES = (
    "accounts_users",
    "accounts_usernames",
    "accounts_sessions",
    "conversations_people",
    "conversations_space_members",
    "conversations_members",
    "conversations_marks",
)


@dataclass(frozen=True)
class Person:
    """What tells one person's rows from another's."""

    id: str
    username: str
    session_id: str
    token: str

    def names(self) -> dict[str, str]:
        """The values that stand in rows."""
        digest = hashlib.sha256(self.token.encode()).hexdigest()
        return {
            "id": self.id,
            "username": self.username,
            "session": self.session_id,
            "digest": digest,
        }


def strangers(count: int) -> Iterator[Person]:
    """People who are not there yet, the same ones each time."""
    for number in range(count):
        yield Person(
            id=_uuid7(2 * number),
            username=f"bench{number}",
            session_id=_uuid7(2 * number + 1),
            token=f"session_{number:043d}",
        )


def copy_person(database: Path, model: Person, copies: Sequence[Person]) -> None:
    """Give the database more people like this one, in the same spaces and conversations."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in PERSON_TABLES:
            _copy_rows(connection, table, model, copies)
        connection.execute(
            "UPDATE conversations_conversations SET member_count = (SELECT count(*)"
            " FROM conversations_members WHERE conversation_id = conversations_conversations.id)"
        )


def _copy_rows(
    connection: sqlite3.Connection, table: str, model: Person, copies: Sequence[Person]
) -> None:
    cursor = connection.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name from above
    names = [column[0] for column in cursor.description]
    old = model.names()
    rows = [row for row in cursor if set(row) & set(old.values())]
    holes = ", ".join("?" * len(names))
    connection.executemany(
        f"INSERT INTO {table} VALUES ({holes})",  # noqa: S608
        (_renamed(row, old, copy.names()) for row in rows for copy in copies),
    )


def _renamed(row: Sequence[object], old: Mapping[str, str], new: Mapping[str, str]) -> list[object]:
    renamed = {old[key]: new[key] for key in old}
    return [renamed.get(value, value) if isinstance(value, str) else value for value in row]


def _uuid7(number: int) -> str:
    """A UUIDv7 (RFC 9562) of this number."""
    return str(uuid.UUID(int=(0x01990000 << 96) | (7 << 76) | (2 << 62) | number))
