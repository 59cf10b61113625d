"""The log of each conversation: what was recorded, and how it reads now.

An update read from here shows its message and its counts as they are at the time of reading. What is
told live is read the same way, in the transaction that records it, but for a message just posted: that is
made of the row that was written (`record_posted`), and a test holds it to what is read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, literal_column, null, select

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.conversations import ConversationShared
from tertulia.conversations.contract.messages import MessageView
from tertulia.conversations.contract.updates import UPDATES, MessagePosted, Update
from tertulia.conversations.store import conversation_views, conversations, message_views, messages
from tertulia.conversations.store import people as people_store
from tertulia.conversations.tables import log as event_log
from tertulia.conversations.tables import messages as message_table
from tertulia.conversations.tables import updates
from tertulia.kernel.messages import Event, snake
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert
from tertulia.kit.db.statements import Prepared

_WITH_TEXT = ("message_posted", "message_edited")
"""The updates that show what somebody said."""

_KINDS = {snake(kind.__name__): kind for kind in UPDATES}


@dataclass(frozen=True, slots=True)
class Entry:
    """An update to record at a `seq`; `message_id` is the message that it is about or carries."""

    conversation_id: str
    seq: int
    type: str
    at: datetime
    actor_id: str
    message_id: str | None = None
    parts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Where something changes, who changes it, and when."""

    conversation_id: str
    actor_id: str
    at: datetime

    def entry(
        self,
        kind: str,
        seq: int,
        message_id: str | None = None,
        parts: dict[str, Any] | None = None,
    ) -> Entry:
        """The update of this change."""
        where, actor_id = self.conversation_id, self.actor_id
        return Entry(where, seq, kind, self.at, actor_id, message_id, parts)


_RECORD = Prepared(lambda connection: insert(connection, updates))


def _recording_posted(connection: Connection) -> Any:
    same = {"type": literal_column("'message_posted'"), "parts": null()}
    varies = {it.name: bindparam(it.name, type_=it.type) for it in updates.c if it.name not in same}
    return insert(connection, updates).values({**same, **varies})


_RECORD_POSTED = Prepared(_recording_posted)


def record(connection: Connection, entries: Sequence[Entry]) -> None:
    """Record updates and tell them as they read now."""
    _RECORD.run_for(connection, [_row(entry) for entry in entries])
    event_log.append(connection, read(connection, entries))


def record_posted(
    connection: Connection, posted: Sequence[MessageView], replies: Mapping[str, int]
) -> None:
    """The same for messages that were just posted, without reading them; `replies` counts by root."""
    _RECORD_POSTED.run_for(connection, [_row_of_posted(message) for message in posted])
    event_log.append(connection, [_told(it, replies.get(it.thread_id or "")) for it in posted])


def _row(entry: Entry) -> dict[str, Any]:
    """The columns as they are; `asdict` would copy each value."""
    return {column: getattr(entry, column) for column in Entry.__slots__}


def _row_of_posted(message: MessageView) -> dict[str, Any]:
    return {
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "at": message.created_at,
        "actor_id": message.author.id,
        "message_id": message.id,
    }


def _told(message: MessageView, reply_count: int | None) -> MessagePosted:
    return MessagePosted.trusted(
        {
            "conversation_id": message.conversation_id,
            "seq": message.seq,
            "type": "",
            "at": message.created_at,
            "actor_id": message.author.id,
            "message": message,
            "reply_count": reply_count,
        }
    )


def announce(connection: Connection, *events: Event) -> None:
    """Tell what is outside every sequence."""
    event_log.append(connection, events)


def list_after(
    connection: Connection, conversation_id: str, after: int, limit: int
) -> Sequence[Record]:
    """The first updates above a `seq`, ascending, with the `length` of the text that each shows."""
    shown = and_(message_table.c.id == updates.c.message_id, updates.c.type.in_(_WITH_TEXT))
    length = func.coalesce(func.length(message_table.c.text), 0).label("length")
    return connection.execute(
        select(updates, length)
        .outerjoin(message_table, shown)
        .where(updates.c.conversation_id == conversation_id, updates.c.seq > after)
        .order_by(updates.c.seq)
        .limit(limit)
    ).all()


def read(connection: Connection, rows: Sequence[Record | Entry]) -> list[Update]:
    """The updates as they are now."""
    shown = _Shown.load(connection, rows)
    return [
        _KINDS[row.type](
            conversation_id=row.conversation_id,
            seq=row.seq,
            at=row.at,
            actor_id=row.actor_id,
            **_PARTS[row.type](row, shown),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class _Shown:
    """What updates show, loaded for a page of them at once."""

    messages: dict[str, MessageView]
    people: dict[str, UserView]
    conversations: dict[str, ConversationShared]
    member_counts: dict[str, int]

    @classmethod
    def load(cls, connection: Connection, rows: Sequence[Record | Entry]) -> "_Shown":
        found = conversations.find(connection, {row.conversation_id for row in rows})
        told = [found[row.conversation_id] for row in rows if row.type == "conversation_changed"]
        user_ids = {row.parts["user_id"] for row in rows if row.parts and "user_id" in row.parts}
        return cls(
            messages=_messages(connection, rows),
            people=people_store.find_people(connection, user_ids),
            conversations={c.id: c for c in conversation_views.shared(connection, told)},
            member_counts={key: row.member_count for key, row in found.items()},
        )

    def reply_count(self, message: MessageView) -> dict[str, Any]:
        """The part that updates within a thread carry."""
        root = None if message.thread_id is None else self.messages.get(message.thread_id)
        return {} if root is None else {"reply_count": root.reply_count}


def _messages(connection: Connection, rows: Sequence[Record | Entry]) -> dict[str, MessageView]:
    found = messages.find(connection, {row.message_id for row in rows if row.message_id})
    roots = {row.thread_id for row in found.values()} - {None, *found}
    found |= messages.find(connection, roots)
    shown = message_views.views(connection, list(found.values()))
    return {message.id: message for message in shown}


def _posted(row: Record, shown: _Shown) -> dict[str, Any]:
    message = shown.messages[row.message_id]
    return {"message": message, **shown.reply_count(message)}


def _edited(row: Record, shown: _Shown) -> dict[str, Any]:
    return {"message": shown.messages[row.message_id]}


def _deleted(row: Record, shown: _Shown) -> dict[str, Any]:
    message = shown.messages[row.message_id]
    thread = {} if message.thread_id is None else {"thread_id": message.thread_id}
    return {
        "message_id": message.id,
        "undone": message.undone,
        **thread,
        **shown.reply_count(message),
    }


def _reacted(row: Record, shown: _Shown) -> dict[str, Any]:
    emoji = row.parts["emoji"]
    counts = {each.emoji: each.count for each in shown.messages[row.message_id].reactions}
    return {
        "message_id": row.message_id,
        "emoji": emoji,
        "user_id": row.parts["user_id"],
        "count": counts.get(emoji, 0),
    }


def _pinned(row: Record, shown: _Shown) -> dict[str, Any]:
    return {"message_id": row.parts["message_id"], "message": shown.messages[row.message_id]}


def _member(row: Record, shown: _Shown) -> dict[str, Any]:
    return {"user": shown.people[row.parts["user_id"]], "role": row.parts["role"]}


def _moved(row: Record, shown: _Shown) -> dict[str, Any]:
    return {
        **_member(row, shown),
        "member_count": shown.member_counts[row.conversation_id],
        "message": shown.messages.get(row.message_id),
    }


def _changed(row: Record, shown: _Shown) -> dict[str, Any]:
    return {
        "conversation": shown.conversations[row.conversation_id],
        "message": shown.messages[row.message_id],
    }


_PARTS: dict[str, Callable[[Record, _Shown], dict[str, Any]]] = {
    "message_posted": _posted,
    "message_edited": _edited,
    "message_deleted": _deleted,
    "reaction_added": _reacted,
    "reaction_removed": _reacted,
    "message_pinned": _pinned,
    "message_unpinned": _pinned,
    "member_joined": _moved,
    "member_left": _moved,
    "member_changed": _member,
    "conversation_changed": _changed,
}
