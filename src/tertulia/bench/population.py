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
from typing import Any

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
        _count_members(connection)


def seat(
    database: Path, people: Sequence[Person], conversations: Sequence[str], members: int
) -> None:
    """Leave so many people in each of these conversations, one after the other, and each person in one."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for number, person in enumerate(people):
            others = [it for it in conversations if it != conversations[number // members]]
            for table in ("conversations_members", "conversations_marks"):
                connection.executemany(
                    f"DELETE FROM {table} WHERE user_id = ? AND conversation_id = ?",  # noqa: S608
                    [(person.id, other) for other in others],
                )
        _count_members(connection)


def fill(database: Path, conversation_id: str, count: int) -> None:
    """Add so many messages to a conversation: like its last one, under other ids and numbers."""
    with closing(sqlite3.connect(database)) as connection, connection:
        head = connection.execute(
            "SELECT head FROM conversations_conversations WHERE id = ?", [conversation_id]
        ).fetchone()[0]
        for table, key in (("messages", "id"), ("updates", "message_id")):
            _repeat_last(connection, f"conversations_{table}", key, (conversation_id, head), count)
        connection.execute(
            "UPDATE conversations_conversations SET head = head + ?, messages = messages + ?"
            " WHERE id = ?",
            [count, count, conversation_id],
        )


def _repeat_last(
    connection: sqlite3.Connection, table: str, key: str, last: tuple[str, int], count: int
) -> None:
    cursor = connection.execute(
        f"SELECT * FROM {table} WHERE conversation_id = ? AND seq = ?",  # noqa: S608 - a name from above
        last,
    )
    names = [column[0] for column in cursor.description]
    row = dict(zip(names, cursor.fetchone(), strict=True))
    connection.executemany(
        f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})",  # noqa: S608
        (list(_later(row, key, number).values()) for number in range(1, count + 1)),
    )


def _later(row: dict[str, Any], key: str, number: int) -> dict[str, Any]:
    """The same row, so many messages later."""
    moved = {name: row[name] + number for name in ("seq", "number") if row.get(name) is not None}
    return {**row, **moved, key: _uuid7((1 << 40) + number)}


def _count_members(connection: sqlite3.Connection) -> None:
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
