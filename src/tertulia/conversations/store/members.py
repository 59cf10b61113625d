"""Who is in which conversation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, tuple_, update

from tertulia.conversations.tables import conversations, members, people
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who comes into a conversation."""

    user_id: str
    role: str


def add(
    connection: Connection, conversation_id: str, entries: Sequence[Entry], at: datetime, seq: int
) -> None:
    """Let people in at a `seq`."""
    rows = [
        {
            "conversation_id": conversation_id,
            "user_id": entry.user_id,
            "role": entry.role,
            "joined_at": at,
            "joined_seq": seq,
        }
        for entry in entries
    ]
    connection.execute(insert(connection, members), rows)
    _count(connection, conversation_id, len(rows))


def remove(connection: Connection, conversation_id: str, user_id: str) -> None:
    """Take somebody out."""
    connection.execute(
        delete(members).where(
            members.c.conversation_id == conversation_id, members.c.user_id == user_id
        )
    )
    _count(connection, conversation_id, -1)


def _count(connection: Connection, conversation_id: str, change: int) -> None:
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(member_count=conversations.c.member_count + change)
    )


def set_role(connection: Connection, conversation_id: str, user_id: str, role: str) -> None:
    """Give a member another role."""
    connection.execute(
        update(members)
        .where(members.c.conversation_id == conversation_id, members.c.user_id == user_id)
        .values(role=role)
    )


def find_role(connection: Connection, conversation_id: str, user_id: str) -> str | None:
    """A member's role."""
    return connection.execute(
        select(members.c.role).where(
            members.c.conversation_id == conversation_id, members.c.user_id == user_id
        )
    ).scalar()


def find_roles(
    connection: Connection, user_id: str, conversation_ids: Collection[str]
) -> dict[str, Any]:
    """A person's roles by conversation."""
    found = connection.execute(
        select(members.c.conversation_id, members.c.role).where(
            members.c.user_id == user_id, members.c.conversation_id.in_(conversation_ids)
        )
    )
    return {row.conversation_id: row.role for row in found}


def list_ids(connection: Connection, conversation_id: str) -> list[str]:
    """Everybody in it."""
    found = connection.execute(
        select(members.c.user_id).where(members.c.conversation_id == conversation_id)
    )
    return list(found.scalars())


def list_page(
    connection: Connection, conversation_id: str, after: tuple[datetime, str] | None, limit: int
) -> Sequence[Record]:
    """Members with their people, the longest in it first, after a member."""
    wanted = [members.c.conversation_id == conversation_id]
    if after is not None:
        wanted.append(tuple_(members.c.joined_at, members.c.user_id) > after)
    return connection.execute(
        select(members.c.role, members.c.joined_at, members.c.user_id)
        .where(*wanted)
        .order_by(members.c.joined_at, members.c.user_id)
        .limit(limit)
    ).all()


def list_of_many(connection: Connection, ids: Collection[str]) -> Sequence[Record]:
    """The members of several small conversations, in the order of joining."""
    return connection.execute(
        select(members.c.conversation_id, members.c.user_id)
        .where(members.c.conversation_id.in_(ids))
        .order_by(members.c.joined_at, members.c.user_id)
    ).all()


def list_of_person_in_space(connection: Connection, space_id: str, user_id: str) -> list[str]:
    """The conversations of a space that a person is in."""
    found = connection.execute(
        select(members.c.conversation_id)
        .join(conversations, conversations.c.id == members.c.conversation_id)
        .where(and_(members.c.user_id == user_id, conversations.c.space_id == space_id))
        .order_by(members.c.conversation_id)
    )
    return list(found.scalars())


def count_owners(connection: Connection, conversation_id: str) -> int:
    """How many owners it has."""
    return connection.execute(
        select(func.count())
        .select_from(members)
        .where(members.c.conversation_id == conversation_id, members.c.role == "owner")
    ).scalar_one()


def find_longest(connection: Connection, conversation_id: str) -> str | None:
    """Its longest member whose account is active."""
    return connection.execute(
        select(members.c.user_id)
        .join(people, people.c.id == members.c.user_id)
        .where(members.c.conversation_id == conversation_id, people.c.active)
        .order_by(members.c.joined_at, members.c.user_id)
        .limit(1)
    ).scalar()
