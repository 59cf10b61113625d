"""How people stand to conversations: what every decision starts from."""

from collections.abc import Collection

from sqlalchemy import Connection, select, tuple_

from tertulia.conversations.rules.places import Place
from tertulia.conversations.tables import conversations, members, people, space_members
from tertulia.kit.db import Record

Pair = tuple[str, str]
"""A conversation's id and a person's."""


def find_places(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, Place]:
    """The places of these pairs, in three queries; a conversation that is not there is left out."""
    rows = _conversations(connection, {conversation_id for conversation_id, _ in pairs})
    roles = _roles(connection, pairs)
    people_ids = {user_id for _, user_id in pairs}
    spaces = _space_roles(connection, people_ids, {row.space_id for row in rows.values()})
    inactive = _inactive(connection, people_ids)
    return {
        (row_id, user_id): _place(
            rows[row_id],
            roles.get((row_id, user_id)),
            spaces.get((rows[row_id].space_id, user_id)),
            active=user_id not in inactive,
        )
        for row_id, user_id in pairs
        if row_id in rows
    }


def find_place(connection: Connection, conversation_id: str, user_id: str) -> Place | None:
    """The place of one person in one conversation."""
    pair = (conversation_id, user_id)
    return find_places(connection, [pair]).get(pair)


def _conversations(connection: Connection, ids: Collection[str]) -> dict[str, Record]:
    found = connection.execute(select(conversations).where(conversations.c.id.in_(ids)))
    return {row.id: row for row in found}


def _roles(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, str]:
    found = connection.execute(
        select(members.c.conversation_id, members.c.user_id, members.c.role).where(
            tuple_(members.c.conversation_id, members.c.user_id).in_(pairs)
        )
    )
    return {(row.conversation_id, row.user_id): row.role for row in found}


def _space_roles(
    connection: Connection, people_ids: Collection[str], space_ids: Collection[str | None]
) -> dict[tuple[str | None, str], str]:
    found = connection.execute(
        select(space_members.c.space_id, space_members.c.user_id, space_members.c.role).where(
            space_members.c.user_id.in_(people_ids),
            space_members.c.space_id.in_([each for each in space_ids if each is not None]),
        )
    )
    return {(row.space_id, row.user_id): row.role for row in found}


def _inactive(connection: Connection, people_ids: Collection[str]) -> set[str]:
    found = connection.execute(
        select(people.c.id).where(people.c.id.in_(people_ids), people.c.active.is_(False))
    )
    return set(found.scalars())


def _place(row: Record, role: str | None, space_role: str | None, *, active: bool) -> Place:
    return Place(
        id=row.id,
        kind=row.kind,
        space_id=row.space_id,
        is_plaza=row.is_plaza,
        public=row.visibility == "public",
        archived=row.archived_at is not None,
        epoch=row.epoch,
        head=row.head,
        messages=row.messages,
        created_by=row.created_by,
        role=role,
        space_role=space_role,
        active=active,
    )
