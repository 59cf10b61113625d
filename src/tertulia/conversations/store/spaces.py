"""The rows of spaces, and how their people see them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from tertulia.conversations.contract.invites import InvitedSpace
from tertulia.conversations.contract.spaces import SpaceView
from tertulia.conversations.store import space_members
from tertulia.conversations.tables import space_members as members
from tertulia.conversations.tables import spaces
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert


def add_space(connection: Connection, values: Mapping[str, Any]) -> None:
    """A new space."""
    connection.execute(insert(connection, spaces).values(**values))


def change_space(connection: Connection, space_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a space."""
    connection.execute(update(spaces).where(spaces.c.id == space_id).values(**values))


def find_space(connection: Connection, space_id: str) -> Record | None:
    """A space."""
    return connection.execute(select(spaces).where(spaces.c.id == space_id)).one_or_none()


def get_space(connection: Connection, space_id: str) -> Record:
    """A space that is there."""
    return connection.execute(select(spaces).where(spaces.c.id == space_id)).one()


def find_first_space(connection: Connection) -> Record | None:
    """The oldest space."""
    oldest = select(spaces).order_by(spaces.c.created_at, spaces.c.id).limit(1)
    return connection.execute(oldest).one_or_none()


def list_spaces(connection: Connection, user_id: str) -> list[Record]:
    """The spaces that a person is in."""
    found = connection.execute(
        select(spaces)
        .join(members, members.c.space_id == spaces.c.id)
        .where(members.c.user_id == user_id)
    )
    return list(found)


def space_views(connection: Connection, rows: Iterable[Record], user_id: str) -> list[SpaceView]:
    """Spaces as one person sees them."""
    rows = list(rows)
    ids = [row.id for row in rows]
    counts = space_members.count_members(connection, ids)
    roles = space_members.roles_of(connection, [(space_id, user_id) for space_id in ids])
    return [_view(row, counts.get(row.id, 0), roles.get((row.id, user_id))) for row in rows]


def space_view(connection: Connection, space_id: str, user_id: str) -> SpaceView:
    """A space that is there, as one person sees it."""
    return space_views(connection, [get_space(connection, space_id)], user_id)[0]


def invited_space(row: Record) -> InvitedSpace:
    """A space as its invitations show it."""
    return InvitedSpace(id=row.id, name=row.name, kind=row.kind, wall=row.wall)


def _view(row: Record, member_count: int, role: Any) -> SpaceView:
    return SpaceView(
        id=row.id,
        name=row.name,
        kind=row.kind,
        wall=row.wall,
        member_count=member_count,
        role=role,
        created_at=row.created_at,
    )
