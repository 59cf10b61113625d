"""The rows of messages, their revisions, and pages of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    false,
    func,
    literal_column,
    null,
    select,
    tuple_,
    update,
)

from tertulia.conversations.rules.messages import MessageState
from tertulia.conversations.tables import messages, revisions
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert
from tertulia.kit.db.statements import Prepared, as_list, listed

BLANK: dict[str, Any] = {
    "number": None,
    "kind": "text",
    "text": "",
    "data": None,
    "in_timeline": True,
    "reply_to": None,
    "thread_id": None,
    "also_in_channel": False,
    "reply_count": 0,
    "edited_at": None,
    "deleted_at": None,
    "undone": False,
    "pinned_at": None,
}


_WIDTH = len(messages.c)
_ADD = Prepared(lambda connection: insert(connection, messages))


def _posting(connection: Connection) -> Any:
    """A message that somebody has just said: what is the same of all stands in the statement."""
    varies = {
        it.name: bindparam(it.name, type_=it.type) for it in messages.c if it.name not in SAME
    }
    return insert(connection, messages).values({**SAME, **varies})


SAME: dict[str, Any] = {
    "kind": literal_column("'text'"),
    "data": null(),
    "reply_count": literal_column("0"),
    "edited_at": null(),
    "deleted_at": null(),
    "undone": false(),
    "pinned_at": null(),
}
"""What `BLANK` says of every message that somebody has just said."""
_POST = Prepared(_posting)

_TAKEN = Prepared(
    lambda connection: select(messages.c.id).where(messages.c.id.in_(listed(connection, "ids")))
)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """New messages; what a row does not say is as in `BLANK`."""
    _ADD.run_for(connection, [row if len(row) == _WIDTH else {**BLANK, **row} for row in rows])


def post(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """New messages of people; what `SAME` names is not read from the rows."""
    _POST.run_for(connection, rows)


def change(connection: Connection, message_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a message."""
    connection.execute(update(messages).where(messages.c.id == message_id).values(values))


def count_replies(connection: Connection, root_id: str) -> None:
    """Count anew the replies of a thread that are not deleted."""
    reply = messages.alias("reply")
    replies = (
        select(func.count())
        .select_from(reply)
        .where(reply.c.thread_id == root_id, reply.c.deleted_at.is_(None))
        .scalar_subquery()
    )
    connection.execute(update(messages).where(messages.c.id == root_id).values(reply_count=replies))


def add_replies(connection: Connection, root_id: str, count: int) -> int:
    """So many more replies of a thread are there; how many then."""
    return connection.execute(
        update(messages)
        .where(messages.c.id == root_id)
        .values(reply_count=messages.c.reply_count + count)
        .returning(messages.c.reply_count)
    ).scalar_one()


def taken(connection: Connection, ids: Collection[str]) -> list[str]:
    """Those of the ids that name a message."""
    if not ids:
        return []
    return [row.id for row in _TAKEN.rows(connection, ids=as_list(ids))]


def find(connection: Connection, ids: Collection[str]) -> dict[str, Record]:
    """Messages by id."""
    if not ids:
        return {}
    found = connection.execute(select(messages).where(messages.c.id.in_(ids)))
    return {row.id: row for row in found}


def find_last(connection: Connection, numbers: Collection[tuple[str, int]]) -> dict[str, Record]:
    """The messages with these numbers of their conversations, by conversation."""
    if not numbers:
        return {}
    found = connection.execute(
        select(messages).where(
            tuple_(messages.c.conversation_id, messages.c.number).in_(numbers),
            messages.c.number.is_not(None),
        )
    )
    return {row.conversation_id: row for row in found}


def state(row: Record) -> MessageState:
    """What decisions need of a row."""
    return MessageState(
        id=row.id,
        conversation_id=row.conversation_id,
        author_id=row.author_id,
        kind=row.kind,
        thread_id=row.thread_id,
        deleted=row.deleted_at is not None,
        created_at=row.created_at,
        seq=row.seq,
    )


# --- pages ------------------------------------------------------------------------------------------


def list_before(
    connection: Connection, conversation_id: str, before: int, limit: int
) -> list[Record]:
    """The last messages of the timeline below a `seq`, ascending."""
    wanted = (
        messages.c.conversation_id == conversation_id,
        messages.c.in_timeline,
        messages.c.seq < before,
    )
    found = connection.execute(
        select(messages).where(*wanted).order_by(messages.c.seq.desc()).limit(limit)
    ).all()
    return list(reversed(found))


def list_after(
    connection: Connection, conversation_id: str, after: int, limit: int
) -> list[Record]:
    """The first messages of the timeline above a `seq`, ascending."""
    return _page(
        connection,
        [
            messages.c.conversation_id == conversation_id,
            messages.c.in_timeline,
            messages.c.seq > after,
        ],
        limit,
    )


def list_replies(connection: Connection, root_id: str, after: int, limit: int) -> list[Record]:
    """The first replies of a thread above a `seq`, ascending."""
    return _page(connection, [messages.c.thread_id == root_id, messages.c.seq > after], limit)


def list_pinned(
    connection: Connection, conversation_id: str, before: tuple[datetime, str] | None, limit: int
) -> list[Record]:
    """Pinned messages, the last pinned first, below a pin."""
    wanted = [messages.c.conversation_id == conversation_id, messages.c.pinned_at.is_not(None)]
    if before is not None:
        wanted.append(tuple_(messages.c.pinned_at, messages.c.id) < before)
    ordered = select(messages).where(*wanted)
    ordered = ordered.order_by(messages.c.pinned_at.desc(), messages.c.id.desc())
    return list(connection.execute(ordered.limit(limit)).all())


def _page(
    connection: Connection, wanted: Sequence[ColumnElement[bool]], limit: int
) -> list[Record]:
    ordered = select(messages).where(*wanted).order_by(messages.c.seq).limit(limit)
    return list(connection.execute(ordered).all())


# --- revisions --------------------------------------------------------------------------------------


def add_revision(connection: Connection, message_id: str, text: str, at: datetime) -> None:
    """Keep what a message said from a moment on."""
    position = (
        select(func.count()).select_from(revisions).where(revisions.c.message_id == message_id)
    )
    connection.execute(
        insert(connection, revisions).values(
            message_id=message_id,
            position=connection.execute(position).scalar_one(),
            text=text,
            at=at,
        )
    )


def list_revisions(connection: Connection, message_id: str) -> Sequence[Record]:
    """What a message said before, the first text first."""
    return connection.execute(
        select(revisions.c.text, revisions.c.at)
        .where(revisions.c.message_id == message_id)
        .order_by(revisions.c.position)
    ).all()
