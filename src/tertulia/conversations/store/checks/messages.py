"""Messages: their numbers, their threads, and what tombstones and system lines may hold."""

from typing import Any

from sqlalchemy import and_, case, func, null, or_, select

from tertulia.conversations.tables import conversations, messages, revisions, updates
from tertulia.kit.upkeep import by_query

SHOWN = or_(messages.c.thread_id.is_(None), messages.c.also_in_channel)
"""What the timeline shows."""

NUMBERED = and_(messages.c.kind != "system", SHOWN)
"""What carries a `number`."""


def _timeline() -> Any:
    return select(
        messages.c.conversation_id,
        messages.c.seq,
        messages.c.in_timeline.label("stored"),
        SHOWN.label("recomputed"),
    ).where(messages.c.in_timeline != SHOWN)


def _numbers() -> Any:
    place = func.row_number().over(partition_by=messages.c.conversation_id, order_by=messages.c.seq)
    key = (messages.c.conversation_id, messages.c.seq, messages.c.number.label("stored"))
    counted = select(*key, place.label("recomputed")).where(NUMBERED).subquery()
    wrong = select(counted).where(counted.c.stored.is_distinct_from(counted.c.recomputed))
    extra = select(*key, null().label("recomputed")).where(
        ~NUMBERED, messages.c.number.is_not(None)
    )
    return wrong.union_all(extra)


def _counts() -> Any:
    counted = (
        select(messages.c.conversation_id, func.count().label("count"))
        .where(NUMBERED)
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    count = func.coalesce(counted.c.count, 0)
    return (
        select(
            conversations.c.id.label("conversation_id"),
            conversations.c.messages.label("stored"),
            count.label("recomputed"),
        )
        .outerjoin(counted, counted.c.conversation_id == conversations.c.id)
        .where(conversations.c.messages != count)
    )


def _replies() -> Any:
    counted = (
        select(messages.c.thread_id, func.count().label("count"))
        .where(messages.c.thread_id.is_not(None), messages.c.deleted_at.is_(None))
        .group_by(messages.c.thread_id)
        .subquery()
    )
    count = func.coalesce(counted.c.count, 0)
    return (
        select(
            messages.c.id.label("message_id"),
            messages.c.reply_count.label("stored"),
            count.label("recomputed"),
        )
        .outerjoin(counted, counted.c.thread_id == messages.c.id)
        .where(messages.c.reply_count != count)
    )


def _threads() -> Any:
    root = messages.alias("root")
    fits = and_(
        root.c.id == messages.c.thread_id,
        root.c.conversation_id == messages.c.conversation_id,
        root.c.thread_id.is_(None),
        root.c.seq < messages.c.seq,
    )
    return (
        select(
            messages.c.id.label("message_id"),
            messages.c.thread_id.label("stored"),
            null().label("recomputed"),
        )
        .outerjoin(root, fits)
        .where(messages.c.thread_id.is_not(None), root.c.id.is_(None))
    )


def _quotes() -> Any:
    quoted = messages.alias("quoted")
    fits = and_(
        quoted.c.id == messages.c.reply_to,
        quoted.c.conversation_id == messages.c.conversation_id,
        quoted.c.seq < messages.c.seq,
    )
    return (
        select(
            messages.c.id.label("message_id"),
            messages.c.reply_to.label("stored"),
            null().label("recomputed"),
        )
        .outerjoin(quoted, fits)
        .where(messages.c.reply_to.is_not(None), quoted.c.id.is_(None))
    )


def _tombstones() -> Any:
    """What is left where nothing may be: the name of the column, never what it says."""
    deleted = messages.c.deleted_at.is_not(None)
    left = case(
        (and_(deleted, messages.c.text != ""), "text"),
        (and_(deleted, messages.c.data.is_not(None)), "data"),
        (and_(deleted, messages.c.reply_to.is_not(None)), "reply_to"),
        (and_(deleted, messages.c.pinned_at.is_not(None)), "pinned_at"),
        (and_(deleted, messages.c.kind == "system"), "kind"),
        (and_(~deleted, messages.c.undone), "undone"),
    )
    return select(
        messages.c.id.label("message_id"), left.label("stored"), null().label("recomputed")
    ).where(left.is_not(None))


def _lines() -> Any:
    """System lines have a type and a text, and stand in the timeline."""
    wrong = case(
        (messages.c.data["type"].as_string().is_(None), "data"),
        (messages.c.text == "", "text"),
        (messages.c.thread_id.is_not(None), "thread_id"),
        (messages.c.edited_at.is_not(None), "edited_at"),
    )
    return select(
        messages.c.id.label("message_id"), wrong.label("stored"), null().label("recomputed")
    ).where(messages.c.kind == "system", wrong.is_not(None))


def _revisions() -> Any:
    """A message keeps what it said before each edit and before its deletion."""
    kept = (
        select(
            revisions.c.message_id,
            func.count().label("count"),
            func.max(revisions.c.position).label("last"),
        )
        .group_by(revisions.c.message_id)
        .subquery()
    )
    changed = (
        select(updates.c.message_id, func.count().label("count"))
        .where(updates.c.type.in_(("message_edited", "message_deleted")))
        .group_by(updates.c.message_id)
        .subquery()
    )
    stored, count = func.coalesce(kept.c.count, 0), func.coalesce(changed.c.count, 0)
    return (
        select(
            messages.c.id.label("message_id"),
            stored.label("stored"),
            count.label("recomputed"),
        )
        .outerjoin(kept, kept.c.message_id == messages.c.id)
        .outerjoin(changed, changed.c.message_id == messages.c.id)
        .where(or_(stored != count, kept.c.last != count - 1))
    )


def _pins() -> Any:
    """The last pin or unpin of the log decides."""
    about = updates.c.parts["message_id"].as_string()
    last = (
        select(about.label("message_id"), func.max(updates.c.seq).label("seq"))
        .where(updates.c.type.in_(("message_pinned", "message_unpinned")))
        .group_by(updates.c.conversation_id, about)
        .subquery()
    )
    is_last = and_(
        updates.c.conversation_id == messages.c.conversation_id,
        updates.c.seq == last.c.seq,
    )
    stored = messages.c.pinned_at.is_not(None)
    pinned = func.coalesce(updates.c.type == "message_pinned", False)
    return (
        select(
            messages.c.id.label("message_id"),
            stored.label("stored"),
            pinned.label("recomputed"),
        )
        .outerjoin(last, last.c.message_id == messages.c.id)
        .outerjoin(updates, is_last)
        .where(messages.c.deleted_at.is_(None), stored != pinned)
    )


CHECKS = (
    by_query("conversations.timeline", _timeline),
    by_query("conversations.numbers", _numbers),
    by_query("conversations.messages", _counts),
    by_query("conversations.reply_count", _replies),
    by_query("conversations.threads", _threads),
    by_query("conversations.quotes", _quotes),
    by_query("conversations.tombstones", _tombstones),
    by_query("conversations.system_lines", _lines),
    by_query("conversations.revisions", _revisions),
    by_query("conversations.pins", _pins),
)
