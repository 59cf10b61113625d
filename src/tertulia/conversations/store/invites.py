"""The rows of invitations."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, tuple_, update

from tertulia.conversations.rules.invites import BACKED, InviteState
from tertulia.conversations.store.space_members import role_of
from tertulia.conversations.tables import invites, people, space_members
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert


def add_invite(connection: Connection, values: Mapping[str, Any]) -> None:
    """A new invitation that nobody has used."""
    blank = {"uses": 0, "revoked_at": None}
    connection.execute(insert(connection, invites).values(**blank, **values))


def find_invite(connection: Connection, invite_id: str) -> Record | None:
    """An invitation by its id."""
    return connection.execute(select(invites).where(invites.c.id == invite_id)).one_or_none()


def find_by_code(connection: Connection, code: str) -> Record | None:
    """An invitation by its code."""
    return connection.execute(select(invites).where(invites.c.code == code)).one_or_none()


def invite_state(connection: Connection, row: Record) -> InviteState:
    """What decisions need of an invitation, its author's role as it is now included."""
    return InviteState(
        role=row.role,
        uses=row.uses,
        max_uses=row.max_uses,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        author_role=role_of(connection, row.space_id, row.author_id),
    )


def list_standing(
    connection: Connection,
    space_id: str,
    roles: Collection[str],
    now: datetime,
    *,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[Record]:
    """The invitations to these roles that stand, the newest first, older than a position."""
    wanted = [
        invites.c.space_id == space_id,
        invites.c.role.in_(roles),
        invites.c.revoked_at.is_(None),
        or_(invites.c.expires_at.is_(None), invites.c.expires_at > now),
        or_(invites.c.max_uses.is_(None), invites.c.uses < invites.c.max_uses),
        tuple_(space_members.c.role, invites.c.role).in_(BACKED),
        people.c.active,
    ]
    newest = tuple_(invites.c.created_at, invites.c.id)
    if before is not None:
        wanted.append(newest < before)
    found = connection.execute(
        select(invites).select_from(_AUTHORED).where(*wanted).order_by(*_NEWEST_FIRST).limit(limit)
    )
    return list(found)


def take_use(connection: Connection, invite_id: str) -> bool:
    """Count a use of an invitation; whether there was one left, however many ask at once."""
    left = or_(invites.c.max_uses.is_(None), invites.c.uses < invites.c.max_uses)
    taken = connection.execute(
        update(invites)
        .where(invites.c.id == invite_id, left)
        .values(uses=invites.c.uses + 1)
        .returning(invites.c.uses)
    )
    return taken.scalar() is not None


def give_use_back(connection: Connection, invite_id: str) -> None:
    """A use that was taken led to nothing."""
    connection.execute(
        update(invites).where(invites.c.id == invite_id).values(uses=invites.c.uses - 1)
    )


def revoke_invite(connection: Connection, invite_id: str, at: datetime) -> None:
    """End an invitation."""
    connection.execute(update(invites).where(invites.c.id == invite_id).values(revoked_at=at))


_AUTHORED = invites.join(
    space_members,
    (space_members.c.space_id == invites.c.space_id)
    & (space_members.c.user_id == invites.c.author_id),
).join(people, people.c.id == invites.c.author_id)

_NEWEST_FIRST = (invites.c.created_at.desc(), invites.c.id.desc())
