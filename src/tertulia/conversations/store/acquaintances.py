"""Who may be seen by whom: people who share a space or a conversation. The plaza does not count."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, CompoundSelect, Connection, literal, or_, select, tuple_

from tertulia.conversations.rules.permissions import LIMITED
from tertulia.conversations.store.space_members import hearing
from tertulia.conversations.tables import members, people, space_members
from tertulia.kit.db import Record


def find_visible_ids(connection: Connection, user_id: str, ids: Collection[str]) -> set[str]:
    """Whom among these people a person may see; oneself too."""
    found = connection.execute(
        select(people.c.id).where(people.c.id.in_(ids), _is_visible(user_id))
    )
    return set(found.scalars())


def list_visible(
    connection: Connection, user_id: str, words: str, after: tuple[str, str] | None, limit: int
) -> list[Record]:
    """Active people whom a person may see, by display name: those with a word that begins so."""
    wanted = [people.c.active, _is_visible(user_id)]
    if words:
        wanted.append(people.c.search_name.contains(f" {words}", autoescape=True))
    if after is not None:
        wanted.append(tuple_(people.c.search_name, people.c.id) > after)
    found = connection.execute(
        select(people).where(*wanted).order_by(people.c.search_name, people.c.id).limit(limit)
    )
    return list(found)


def companions(user_id: str) -> CompoundSelect[str]:
    """The ids of those who share a conversation with a person, and of that person."""
    mine = select(members.c.conversation_id).where(members.c.user_id == user_id)
    shared = select(members.c.user_id).where(members.c.conversation_id.in_(mine))
    return shared.union(select(literal(user_id)))


def list_limited_companions(connection: Connection, user_id: str) -> list[str]:
    """Who shares a space and a conversation with a person, and sees of that space nothing else."""
    theirs = select(space_members.c.space_id).where(space_members.c.user_id == user_id)
    found = connection.execute(
        select(space_members.c.user_id)
        .distinct()
        .where(
            space_members.c.space_id.in_(theirs),
            space_members.c.role.in_(LIMITED),
            space_members.c.user_id.in_(companions(user_id)),
            space_members.c.user_id != user_id,
        )
        .order_by(space_members.c.user_id)
    )
    return list(found.scalars())


def _is_visible(user_id: str) -> ColumnElement[bool]:
    of_spaces = select(space_members.c.user_id).where(
        space_members.c.space_id.in_(hearing(user_id))
    )
    return or_(people.c.id.in_(of_spaces), people.c.id.in_(companions(user_id)))
