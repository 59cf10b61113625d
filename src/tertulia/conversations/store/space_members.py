"""Who is in which space, with which role. The deactivated count as nobody."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    delete,
    func,
    select,
    tuple_,
    update,
)

from tertulia.conversations.rules.permissions import LIMITED
from tertulia.conversations.tables import people, space_members
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert

_ACTIVE = space_members.join(people, (people.c.id == space_members.c.user_id) & people.c.active)


def role_of(connection: Connection, space_id: str, user_id: str) -> str | None:
    """The role of an active person in a space."""
    pair = (space_id, user_id)
    return roles_of(connection, [pair]).get(pair)


def roles_of(
    connection: Connection, pairs: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """The roles of active people by space and person, of those who have one."""
    found = connection.execute(
        select(space_members.c.space_id, space_members.c.user_id, space_members.c.role)
        .select_from(_ACTIVE)
        .where(tuple_(space_members.c.space_id, space_members.c.user_id).in_(pairs))
    )
    return {(row.space_id, row.user_id): row.role for row in found}


def list_space_ids(connection: Connection, user_id: str) -> list[str]:
    """The spaces whose news a person hears: not those where they are limited to own conversations."""
    return list(connection.execute(_HEARING, {"person": user_id}).scalars())


def hearing(user_id: str | BindParameter[str]) -> Select[str]:
    """The ids of the spaces whose people an active person sees, and whose news they hear."""
    return (
        select(space_members.c.space_id)
        .select_from(_ACTIVE)
        .where(space_members.c.user_id == user_id, space_members.c.role.not_in(LIMITED))
    )


_HEARING = hearing(bindparam("person")).order_by(space_members.c.space_id)


def list_all_space_ids(connection: Connection, user_id: str) -> list[str]:
    """The spaces that somebody is in, with whatever role, deactivated or not."""
    found = connection.execute(
        select(space_members.c.space_id)
        .where(space_members.c.user_id == user_id)
        .order_by(space_members.c.space_id)
    )
    return list(found.scalars())


def share_space(connection: Connection, user_id: str, other_ids: Collection[str]) -> set[str]:
    """Who of the others is in a space whose people the person may see, and active."""
    found = connection.execute(
        select(space_members.c.user_id)
        .select_from(_ACTIVE)
        .where(
            space_members.c.user_id.in_(other_ids),
            space_members.c.space_id.in_(hearing(user_id)),
        )
    )
    return set(found.scalars())


def count_members(connection: Connection, space_ids: Collection[str]) -> dict[str, int]:
    """How many active people each space has."""
    found = connection.execute(
        select(space_members.c.space_id, func.count())
        .select_from(_ACTIVE)
        .where(space_members.c.space_id.in_(space_ids))
        .group_by(space_members.c.space_id)
    )
    return {row[0]: row[1] for row in found}


def count_other_owners(connection: Connection, space_id: str, user_id: str) -> int:
    """How many active owners a space has beside this person."""
    return connection.execute(
        select(func.count())
        .select_from(_ACTIVE)
        .where(
            space_members.c.space_id == space_id,
            space_members.c.role == "owner",
            space_members.c.user_id != user_id,
        )
    ).scalar_one()


def find_member(connection: Connection, space_id: str, user_id: str) -> Record | None:
    """A person with their role in a space, deactivated or not."""
    return connection.execute(_member(space_id, user_id)).one_or_none()


def get_member(connection: Connection, space_id: str, user_id: str) -> Record:
    """A person who is in a space, with their role."""
    return connection.execute(_member(space_id, user_id)).one()


def list_members(
    connection: Connection,
    space_id: str,
    after: tuple[str, str] | None,
    limit: int,
    *,
    among: CompoundSelect[str] | None = None,
) -> list[Record]:
    """A page of the active people of a space with their roles, by display name."""
    wanted = [space_members.c.space_id == space_id]
    if after is not None:
        wanted.append(tuple_(people.c.search_name, people.c.id) > after)
    if among is not None:
        wanted.append(people.c.id.in_(among))
    found = connection.execute(
        select(people, space_members.c.role, space_members.c.joined_at)
        .select_from(_ACTIVE)
        .where(*wanted)
        .order_by(people.c.search_name, people.c.id)
        .limit(limit)
    )
    return list(found)


def list_limited_ids(connection: Connection, space_id: str) -> list[str]:
    """Who in a space is limited to their own conversations."""
    found = connection.execute(
        select(space_members.c.user_id).where(
            space_members.c.space_id == space_id, space_members.c.role.in_(LIMITED)
        )
    )
    return list(found.scalars())


def add_member(
    connection: Connection, space_id: str, user_id: str, role: str, at: datetime
) -> None:
    """A person comes into a space."""
    row = {"space_id": space_id, "user_id": user_id, "role": role, "joined_at": at}
    connection.execute(insert(connection, space_members).values(**row))


def change_role(connection: Connection, space_id: str, user_id: str, role: str) -> None:
    """A person has another role in a space."""
    connection.execute(update(space_members).where(*_is(space_id, user_id)).values(role=role))


def remove_member(connection: Connection, space_id: str, user_id: str) -> None:
    """A person is in a space no more."""
    connection.execute(delete(space_members).where(*_is(space_id, user_id)))


def _member(space_id: str, user_id: str) -> Select[Any]:
    return (
        select(people, space_members.c.role, space_members.c.joined_at)
        .join(space_members, space_members.c.user_id == people.c.id)
        .where(*_is(space_id, user_id))
    )


def _is(space_id: str, user_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return space_members.c.space_id == space_id, space_members.c.user_id == user_id
