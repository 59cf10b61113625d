"""Spaces: founding them, seeing them, changing them."""

from typing import Any

from tertulia.conversations.contract.errors import IdInUse
from tertulia.conversations.contract.spaces import (
    CreateSpace,
    GetSpace,
    ListSpaces,
    SpaceChanged,
    SpaceCreated,
    SpaceFound,
    SpaceList,
    UpdateSpace,
)
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.space_membership import found_space
from tertulia.conversations.rules.permissions import Level, default_wall
from tertulia.conversations.rules.spaces import (
    check_active,
    check_administrator,
    check_in_space,
    check_space_level,
)
from tertulia.conversations.store import people, space_members, spaces
from tertulia.conversations.tables import log
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tertulia.kernel.text import fold
from tertulia.kit.db import Connection, Record


class Spaces(Desk):
    """Teams, support desks and classes."""

    def list_spaces(self, connection: Connection, _request: ListSpaces, actor: Actor) -> SpaceList:
        """See `ListSpaces`."""
        rows = spaces.list_spaces(connection, actor.id)
        rows.sort(key=lambda row: (fold(row.name), row.id))
        return SpaceList(items=spaces.space_views(connection, rows, actor.id))

    def get_space(self, connection: Connection, request: GetSpace, actor: Actor) -> SpaceFound:
        """See `GetSpace`."""
        check_in_space(space_members.role_of(connection, request.space_id, actor.id))
        return SpaceFound(space=spaces.space_view(connection, request.space_id, actor.id))

    def create_space(
        self, connection: Connection, request: CreateSpace, actor: Actor
    ) -> SpaceCreated:
        """See `CreateSpace`."""
        space_id = request.id or new_id()
        known = spaces.find_space(connection, space_id)
        if known is not None:
            _check_founder(connection, known, actor)
        else:
            self._found(connection, space_id, request, actor)
        space = spaces.space_view(connection, space_id, actor.id)
        return SpaceCreated(space=space, created=known is None)

    def update_space(
        self, connection: Connection, request: UpdateSpace, actor: Actor
    ) -> SpaceFound:
        """See `UpdateSpace`."""
        own = space_members.role_of(connection, request.space_id, actor.id)
        check_space_level(own, Level.ADMIN)
        row = spaces.get_space(connection, request.space_id)
        given = request.model_dump(include={"name", "wall"}, exclude_none=True)
        changes = {key: value for key, value in given.items() if value != getattr(row, key)}
        if changes:
            spaces.change_space(connection, row.id, changes)
            self._tell_changed(connection, row, changes)
        return SpaceFound(space=spaces.space_view(connection, row.id, actor.id))

    def _found(
        self, connection: Connection, space_id: str, request: CreateSpace, actor: Actor
    ) -> None:
        person = people.find_person(connection, actor.id)
        check_active(person.active if person else None)
        check_administrator(actor, known=person is not None and person.administrator)
        people.ensure_person(connection, actor)
        space = {
            "id": space_id,
            "name": request.name,
            "kind": request.kind,
            "wall": request.wall or default_wall(request.kind),
        }
        found_space(connection, space, actor.id, self.now())

    def _tell_changed(self, connection: Connection, row: Record, changes: dict[str, Any]) -> None:
        now = {"name": row.name, "wall": row.wall, **changes}
        limited = space_members.list_limited_ids(connection, row.id)
        log.append(connection, [SpaceChanged(space_id=row.id, user_ids=limited, **now)])


def _check_founder(connection: Connection, space: Record, actor: Actor) -> None:
    if space.created_by != actor.id:
        raise IdInUse
    check_in_space(space_members.role_of(connection, space.id, actor.id))
