"""Drafts: one for each person and place, which is a conversation or a thread of it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, func, select
from sqlalchemy.sql.elements import ColumnElement

from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert
from tertulia.personal.contract import DraftView
from tertulia.personal.rules import Place
from tertulia.personal.tables import drafts


def find(connection: Connection, place: Place) -> DraftView | None:
    """What the person began there."""
    row = connection.execute(select(drafts).where(_at(place))).one_or_none()
    return None if row is None else view(row)


def save(connection: Connection, place: Place, text: str, version: int, at: datetime) -> DraftView:
    """Keep the text, in place of what was there."""
    statement = insert(connection, drafts).values(
        user_id=place.user_id,
        conversation_id=place.conversation_id,
        thread_id=place.thread_id or "",
        text=text,
        version=version,
        saved_at=at,
    )
    said = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "conversation_id", "thread_id"],
            set_={"text": said.text, "version": said.version, "saved_at": said.saved_at},
        )
    )
    return place.draft(text=text, version=version, saved_at=at)


def remove(connection: Connection, place: Place) -> None:
    """Keep nothing there."""
    connection.execute(delete(drafts).where(_at(place)))


def count(connection: Connection, user_id: str) -> int:
    """How many drafts the person has."""
    counted = select(func.count()).select_from(drafts).where(drafts.c.user_id == user_id)
    return connection.execute(counted).scalar_one()


def list_page(
    connection: Connection, user_id: str, before: int | None, limit: int
) -> Sequence[Record]:
    """The person's drafts below a version, the last saved first."""
    wanted = [drafts.c.user_id == user_id]
    if before is not None:
        wanted.append(drafts.c.version < before)
    found = select(drafts).where(*wanted).order_by(drafts.c.version.desc())
    return connection.execute(found.limit(limit)).all()


def list_of_conversation(
    connection: Connection, user_id: str, conversation_id: str
) -> Sequence[Record]:
    """The person's drafts in one conversation and its threads."""
    found = select(drafts).where(
        drafts.c.user_id == user_id, drafts.c.conversation_id == conversation_id
    )
    return connection.execute(found).all()


def forget(
    connection: Connection, user_id: str, conversation_ids: Collection[str], through: int
) -> None:
    """Keep nothing in these conversations that was saved up to a version."""
    connection.execute(
        delete(drafts).where(
            drafts.c.user_id == user_id,
            drafts.c.conversation_id.in_(conversation_ids),
            drafts.c.version <= through,
        )
    )


def forget_person(connection: Connection, user_id: str) -> None:
    """Nothing is left of the person."""
    connection.execute(delete(drafts).where(drafts.c.user_id == user_id))


def view(row: Record) -> DraftView:
    """A draft as its person sees it."""
    place = Place(row.user_id, row.conversation_id, row.thread_id or None)
    return place.draft(text=row.text, version=row.version, saved_at=row.saved_at)


def _at(place: Place) -> ColumnElement[bool]:
    return and_(
        drafts.c.user_id == place.user_id,
        drafts.c.conversation_id == place.conversation_id,
        drafts.c.thread_id == (place.thread_id or ""),
    )
