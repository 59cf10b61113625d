"""The rows of conversations themselves."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from tertulia.conversations.tables import conversations, members
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert
from tertulia.kit.db.statements import Prepared


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """A new conversation with an empty log."""
    empty = {
        "name": None,
        "name_key": None,
        "topic": "",
        "is_default": False,
        "is_plaza": False,
        "about": None,
        "direct_key": None,
        "archived_at": None,
        "head": 0,
        "messages": 0,
        "member_count": 0,
    }
    connection.execute(insert(connection, conversations).values({**empty, **values}))


def find(connection: Connection, ids: Collection[str]) -> dict[str, Record]:
    """Conversations by id."""
    found = connection.execute(select(conversations).where(conversations.c.id.in_(ids)))
    return {row.id: row for row in found}


def find_direct(connection: Connection, key: str) -> str | None:
    """The one direct of a pair."""
    return connection.execute(
        select(conversations.c.id).where(conversations.c.direct_key == key)
    ).scalar()


def find_plaza(connection: Connection) -> str | None:
    """The plaza, once it is made."""
    return connection.execute(select(conversations.c.id).where(conversations.c.is_plaza)).scalar()


def find_by_name(connection: Connection, space_id: str, key: str) -> str | None:
    """The channel of a space that has this name."""
    return connection.execute(
        select(conversations.c.id).where(
            conversations.c.space_id == space_id, conversations.c.name_key == key
        )
    ).scalar()


def list_defaults(connection: Connection, space_id: str) -> list[str]:
    """The open conversations that everybody who joins the space joins, the oldest first."""
    found = connection.execute(
        select(conversations.c.id)
        .where(
            conversations.c.space_id == space_id,
            conversations.c.is_default,
            conversations.c.archived_at.is_(None),
        )
        .order_by(conversations.c.created_at, conversations.c.id)
    )
    return list(found.scalars())


def list_of_person(connection: Connection, user_id: str, *, with_plaza: bool) -> Sequence[Record]:
    """All conversations that a person is in."""
    mine = select(members.c.conversation_id).where(members.c.user_id == user_id)
    is_mine = conversations.c.id.in_(mine)
    wanted = or_(is_mine, conversations.c.is_plaza) if with_plaza else is_mine
    ordered = select(conversations).where(wanted).order_by(conversations.c.id)
    return connection.execute(ordered).all()


def list_of_space(
    connection: Connection, space_id: str, user_id: str, *, with_public: bool
) -> Sequence[Record]:
    """The conversations of a space that a person is in and, if asked, its public ones."""
    mine = select(members.c.conversation_id).where(members.c.user_id == user_id)
    is_mine = conversations.c.id.in_(mine)
    visible = or_(is_mine, conversations.c.visibility == "public") if with_public else is_mine
    return connection.execute(
        select(conversations)
        .where(and_(conversations.c.space_id == space_id, visible))
        .order_by(conversations.c.name_key, conversations.c.id)
    ).all()


def change(connection: Connection, conversation_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a conversation."""
    connection.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(values)
    )


_MOVE = Prepared(
    lambda _connection: (
        update(conversations)
        .where(conversations.c.id == bindparam("key"))
        .values(head=bindparam("to_head"), messages=bindparam("to_messages"))
    )
)


def move_heads(connection: Connection, moved: Mapping[str, tuple[int, int]]) -> None:
    """Set `head` and `messages` of several conversations at once."""
    _MOVE.run_for(
        connection,
        [{"key": key, "to_head": to[0], "to_messages": to[1]} for key, to in moved.items()],
    )


def next_seq(connection: Connection, conversation_id: str) -> int:
    """Take the next `seq` of a conversation's log."""
    return connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(head=conversations.c.head + 1)
        .returning(conversations.c.head)
    ).scalar_one()


def count_of_person(connection: Connection, user_id: str) -> int:
    """How many conversations a person is in."""
    return connection.execute(
        select(func.count()).select_from(members).where(members.c.user_id == user_id)
    ).scalar_one()
