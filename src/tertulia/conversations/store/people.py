"""The rows of people: everyone who has an account or has spoken, as they look now."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, select, update

from tertulia.accounts.contract import UserView
from tertulia.conversations.rules.people import deleted_view, search_name
from tertulia.conversations.store import marks
from tertulia.conversations.tables import people
from tertulia.kernel.actor import Actor
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert
from tertulia.kit.db.statements import Prepared, as_list, listed

_NAMED = Prepared(
    lambda connection: (
        select(people.c.username, people.c.id)
        .where(people.c.username.in_(listed(connection, "names")), people.c.active)
        .order_by(people.c.version)
    )
)

_FOUND = Prepared(
    lambda connection: select(people).where(people.c.id.in_(listed(connection, "ids")))
)


def ensure_person(connection: Connection, actor: Actor) -> None:
    """The actor is known, and looks as they say unless something later is known."""
    ensure_people(connection, [actor])


def ensure_people(connection: Connection, actors: Collection[Actor]) -> dict[str, UserView]:
    """The same for several actors; how each looks then, by id."""
    found = _FOUND.rows(connection, ids=as_list([actor.id for actor in actors]))
    known = {row.id: row for row in found}
    return {actor.id: _ensured(connection, actor, known.get(actor.id)) for actor in actors}


def _ensured(connection: Connection, actor: Actor, known: Record | None) -> UserView:
    if known is not None and known.version >= actor.version:
        return user_view(known)
    seen = {
        "username": actor.username,
        "display_name": actor.display_name,
        "avatar_url": actor.avatar_url,
        "kind": actor.kind,
    }
    values = {**seen, "administrator": actor.administrator, "version": actor.version}
    if known is None:
        _add(connection, {"id": actor.id, "active": True, **values})
    else:
        _change(connection, actor.id, values)
    return UserView.trusted({"id": actor.id, **seen})


def ensure_user(
    connection: Connection, user: UserView, *, version: int = 0, administrator: bool = False
) -> None:
    """A user with an account is known; as an administrator, if they are made one."""
    known = find_person(connection, user.id)
    if known is None:
        row = {**_shown(user), "version": version, "administrator": administrator}
        _add(connection, {"id": user.id, "active": True, **row})
    elif administrator and not known.administrator:
        _change(connection, user.id, {"administrator": True})


def change_user(connection: Connection, user: UserView, *, version: int, active: bool) -> bool:
    """The user looks so as of a version; whether that is not older than what is known."""
    known = find_person(connection, user.id)
    if known is None:
        ensure_user(connection, user, version=version)
    elif version < known.version:
        return False
    _change(connection, user.id, {**_shown(user), "version": version, "active": active})
    return True


def find_person(connection: Connection, user_id: str) -> Record | None:
    """The row of a person."""
    return connection.execute(select(people).where(people.c.id == user_id)).one_or_none()


def find_people(connection: Connection, ids: Collection[str]) -> dict[str, UserView]:
    """How each of these people looks; the missing and the removed read as deleted."""
    if not ids:
        return {}
    found = _FOUND.rows(connection, ids=as_list(ids))
    known = {row.id: user_view(row) for row in found}
    return {each: known.get(each) or deleted_view(each) for each in ids}


def find_by_usernames(connection: Connection, names: Collection[str]) -> dict[str, str]:
    """The ids of the active people who have these usernames now."""
    if not names:
        return {}
    found = _NAMED.rows(connection, names=as_list(names))
    return {row.username: row.id for row in found}


def is_active(connection: Connection, user_id: str) -> bool:
    """Whether somebody is known and not deactivated."""
    row = find_person(connection, user_id)
    return row is not None and row.active


def user_view(row: Record) -> UserView:
    """How a row of people looks to everybody."""
    if row.kind == "deleted":
        return deleted_view(row.id)
    return UserView(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        avatar_url=row.avatar_url,
        kind=row.kind,
    )


def user_views(rows: Iterable[Record]) -> list[UserView]:
    """How rows of people look to everybody."""
    return [user_view(row) for row in rows]


def _shown(user: UserView) -> dict[str, Any]:
    return user.model_dump(exclude={"id"})


def _add(connection: Connection, values: dict[str, Any]) -> None:
    connection.execute(insert(connection, people).values(**_searchable(values)))
    marks.start_plaza(connection, values["id"])


def _change(connection: Connection, user_id: str, values: dict[str, Any]) -> None:
    changed = _searchable(values) if "display_name" in values else values
    connection.execute(update(people).where(people.c.id == user_id).values(**changed))


def _searchable(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "search_name": search_name(values["display_name"], values["username"])}
