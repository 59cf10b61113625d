"""Coming into spaces and going out of them, whoever asked for it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tertulia.conversations.contract.spaces import SpaceAdded, SpaceRemoved
from tertulia.conversations.handlers import membership
from tertulia.conversations.rules.permissions import hears_space
from tertulia.conversations.store import space_members, spaces
from tertulia.conversations.tables import log
from tertulia.kit.db import Connection


def found_space(
    connection: Connection, space: Mapping[str, Any], owner_id: str, at: datetime
) -> str:
    """Make a space of this `id`, `name`, `kind` and `wall`; the id of its channel `general`."""
    spaces.add_space(connection, {**space, "created_by": owner_id, "created_at": at})
    space_members.add_member(connection, space["id"], owner_id, "owner", at)
    _tell_added(connection, space["id"], owner_id, "owner")
    return membership.create_general(connection, space["id"], owner_id, at)


def enter_space(
    connection: Connection, space_id: str, user_id: str, role: str, at: datetime
) -> None:
    """A person comes into a space and, unless limited to their own, its default conversations."""
    space_members.add_member(connection, space_id, user_id, role, at)
    _tell_added(connection, space_id, user_id, role)
    if hears_space(role):
        membership.enter_defaults(connection, space_id, user_id, at)


def change_space_role(
    connection: Connection, space_id: str, user_id: str, role: str, at: datetime
) -> None:
    """A person has another role; who was limited so far comes into the default conversations."""
    was = space_members.role_of(connection, space_id, user_id)
    space_members.change_role(connection, space_id, user_id, role)
    _tell_added(connection, space_id, user_id, role)
    if hears_space(role) and not hears_space(was):
        membership.enter_defaults(connection, space_id, user_id, at)


def quit_space(
    connection: Connection, space_id: str, user_id: str, actor_id: str, at: datetime
) -> None:
    """A person goes, or is taken, out of a space and its conversations."""
    membership.leave_space(connection, space_id, user_id, actor_id, at)
    space_members.remove_member(connection, space_id, user_id)
    log.append(connection, [SpaceRemoved(space_id=space_id, user_id=user_id)])


def _tell_added(connection: Connection, space_id: str, user_id: str, role: str) -> None:
    added = SpaceAdded(space_id=space_id, user_ids=[user_id], hear=hears_space(role))
    log.append(connection, [added])
