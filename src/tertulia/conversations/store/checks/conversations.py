"""Conversations themselves: the keys by which they are found, and the last owner."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, exists, literal, select

from tertulia.conversations.rules.conversations import direct_key, name_key
from tertulia.conversations.tables import conversations, members, people, space_members, spaces
from tertulia.kit.upkeep import Check, Difference, Facts, by_query


def _name_keys(connection: Connection, _facts: Facts) -> Iterator[Difference]:
    rows = connection.execute(
        select(conversations.c.id, conversations.c.name, conversations.c.name_key).where(
            conversations.c.kind == "channel"
        )
    )
    for row in rows:
        key = None if row.name is None else name_key(row.name)
        if row.name_key != key:
            yield Difference({"conversation_id": row.id}, row.name_key, key)


def _direct_keys(connection: Connection, _facts: Facts) -> Iterator[Difference]:
    """The key of a direct names the two who are in it, or twice the one whose notes it is."""
    rows = connection.execute(
        select(conversations.c.id, conversations.c.direct_key, members.c.user_id)
        .outerjoin(members, members.c.conversation_id == conversations.c.id)
        .where(conversations.c.kind == "direct")
        .order_by(conversations.c.id, members.c.user_id)
    )
    stored: dict[str, str | None] = {}
    pairs: dict[str, list[str]] = {}
    for row in rows:
        stored[row.id] = row.direct_key
        pairs.setdefault(row.id, []).append(row.user_id)
    for conversation_id, people_of_it in pairs.items():
        key = direct_key(str(people_of_it[0]), str(people_of_it[-1]))
        if stored[conversation_id] != key:
            yield Difference({"conversation_id": conversation_id}, stored[conversation_id], key)


def _owners() -> Any:
    """Where somebody active is, somebody is the owner."""
    somebody = exists().where(
        members.c.conversation_id == conversations.c.id,
        people.c.id == members.c.user_id,
        people.c.active,
    )
    owner = exists().where(
        and_(members.c.conversation_id == conversations.c.id, members.c.role == "owner")
    )
    return select(
        conversations.c.id.label("conversation_id"),
        literal(0).label("stored"),
        literal(1).label("recomputed"),
    ).where(somebody, ~owner)


def _space_owners() -> Any:
    owner = exists().where(
        and_(space_members.c.space_id == spaces.c.id, space_members.c.role == "owner")
    )
    return select(
        spaces.c.id.label("space_id"), literal(0).label("stored"), literal(1).label("recomputed")
    ).where(~owner)


CHECKS = (
    Check("conversations.name_keys", _name_keys),
    Check("conversations.direct_keys", _direct_keys),
    by_query("conversations.owners", _owners),
    by_query("conversations.space_owners", _space_owners),
)
