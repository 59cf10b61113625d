"""The log of a conversation: gap-free from 1 to the head, and in step with the messages it tells of."""

from typing import Any

from sqlalchemy import and_, func, null, or_, select

from tertulia.conversations.tables import conversations, messages, updates
from tertulia.kit.upkeep import by_query

WITH_LINE = (
    "member_joined",
    "member_left",
    "conversation_changed",
    "message_pinned",
    "message_unpinned",
)
"""The updates that may bring a system line of their own `seq`."""

ABOUT_A_MESSAGE = (
    "message_posted",
    "message_edited",
    "message_deleted",
    "reaction_added",
    "reaction_removed",
    "message_pinned",
    "message_unpinned",
    "conversation_changed",
)
"""The updates that are nothing without a message."""


def _lengths() -> Any:
    return (
        select(
            updates.c.conversation_id,
            func.min(updates.c.seq).label("first"),
            func.max(updates.c.seq).label("last"),
            func.count().label("length"),
        )
        .group_by(updates.c.conversation_id)
        .subquery()
    )


def _heads() -> Any:
    logs = _lengths()
    last = func.coalesce(logs.c.last, 0)
    return (
        select(
            conversations.c.id.label("conversation_id"),
            conversations.c.head.label("stored"),
            last.label("recomputed"),
        )
        .outerjoin(logs, logs.c.conversation_id == conversations.c.id)
        .where(conversations.c.head != last)
    )


def _gaps() -> Any:
    logs = _lengths()
    return select(
        logs.c.conversation_id,
        logs.c.first.label("from_seq"),
        logs.c.length.label("stored"),
        logs.c.last.label("recomputed"),
    ).where(or_(logs.c.first != 1, logs.c.length != logs.c.last))


def _epochs() -> Any:
    return select(
        conversations.c.id.label("conversation_id"),
        conversations.c.epoch.label("stored"),
        null().label("recomputed"),
    ).where(conversations.c.epoch == "")


def _untold() -> Any:
    """Messages that no update of their `seq` brings."""
    is_line = messages.c.kind == "system"
    told = or_(
        and_(~is_line, updates.c.type == "message_posted"),
        and_(is_line, updates.c.type.in_(WITH_LINE)),
    )
    here = and_(
        updates.c.conversation_id == messages.c.conversation_id,
        updates.c.seq == messages.c.seq,
        updates.c.message_id == messages.c.id,
        told,
    )
    return (
        select(
            messages.c.conversation_id,
            messages.c.seq,
            null().label("stored"),
            messages.c.id.label("recomputed"),
        )
        .outerjoin(updates, here)
        .where(updates.c.seq.is_(None))
    )


def _unfounded() -> Any:
    """Updates of messages that are not there, or are somewhere else."""
    here = and_(
        messages.c.id == updates.c.message_id,
        messages.c.conversation_id == updates.c.conversation_id,
        or_(
            messages.c.seq == updates.c.seq,
            updates.c.type.not_in(("message_posted", *WITH_LINE)),
        ),
    )
    needed = or_(updates.c.message_id.is_not(None), updates.c.type.in_(ABOUT_A_MESSAGE))
    return (
        select(
            updates.c.conversation_id,
            updates.c.seq,
            updates.c.message_id.label("stored"),
            null().label("recomputed"),
        )
        .outerjoin(messages, here)
        .where(needed, messages.c.id.is_(None))
    )


CHECKS = (
    by_query("conversations.head", _heads),
    by_query("conversations.log_gaps", _gaps),
    by_query("conversations.epoch", _epochs),
    by_query("conversations.untold_messages", _untold),
    by_query("conversations.unfounded_updates", _unfounded),
)
