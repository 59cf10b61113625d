"""How people stand to conversations: what every decision starts from."""

from collections.abc import Collection

from sqlalchemy import Connection, Select, and_, select

from tertulia.conversations.rules.places import Place
from tertulia.conversations.tables import conversations, members, people, space_members
from tertulia.kit.db import Record
from tertulia.kit.db.statements import Prepared, as_list, half, paired

Pair = tuple[str, str]
"""A conversation's id and a person's."""


def _standing(connection: Connection) -> Select[tuple[object, ...]]:
    pairs = paired(connection, "pairs")
    conversation_id, user_id = half(pairs, 0), half(pairs, 1)
    in_space = and_(
        space_members.c.space_id == conversations.c.space_id, space_members.c.user_id == user_id
    )
    is_member = and_(members.c.conversation_id == conversations.c.id, members.c.user_id == user_id)
    return (
        select(
            user_id.label("user_id"),
            conversations,
            members.c.role,
            space_members.c.role.label("space_role"),
            people.c.active,
        )
        .select_from(pairs)
        .join(conversations, conversations.c.id == conversation_id)
        .outerjoin(members, is_member)
        .outerjoin(space_members, in_space)
        .outerjoin(people, people.c.id == user_id)
    )


_STANDING = Prepared(_standing)


def find_places(connection: Connection, pairs: Collection[Pair]) -> dict[Pair, Place]:
    """The places of these pairs, in one query; a conversation that is not there is left out.

    What is decided by a head holds until it is moved: a service has one writer at a time (docs/adr/0023).
    """
    if not pairs:
        return {}
    found = _STANDING.rows(connection, pairs=as_list(pairs))
    return {(row.id, row.user_id): _place(row) for row in found}


def find_place(connection: Connection, conversation_id: str, user_id: str) -> Place | None:
    """The place of one person in one conversation."""
    pair = (conversation_id, user_id)
    return find_places(connection, [pair]).get(pair)


def _place(row: Record) -> Place:
    return Place(
        id=row.id,
        kind=row.kind,
        space_id=row.space_id,
        is_plaza=bool(row.is_plaza),
        public=row.visibility == "public",
        archived=row.archived_at is not None,
        epoch=row.epoch,
        head=row.head,
        messages=row.messages,
        created_by=row.created_by,
        role=row.role,
        space_role=row.space_role,
        active=row.active is None or bool(row.active),
    )
