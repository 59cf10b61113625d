"""Reactions: those that the log leaves, on messages that may have some."""

from typing import Any

from sqlalchemy import and_, func, literal, null, or_, select

from tertulia.conversations.tables import messages, reactions, updates
from tertulia.kit.upkeep import by_query

_EMOJI = updates.c.parts["emoji"].as_string()
_PERSON = updates.c.parts["user_id"].as_string()


def _last_told() -> Any:
    """The last that the log says of each message, emoji and person."""
    return (
        select(
            updates.c.conversation_id,
            updates.c.message_id,
            _EMOJI.label("emoji"),
            _PERSON.label("user_id"),
            func.max(updates.c.seq).label("seq"),
        )
        .where(updates.c.type.in_(("reaction_added", "reaction_removed")))
        .group_by(updates.c.conversation_id, updates.c.message_id, _EMOJI, _PERSON)
        .subquery()
    )


def _same(one: Any, other: Any) -> Any:
    names = ("message_id", "emoji", "user_id")
    return and_(*(one.c[name] == other.c[name] for name in names))


def _missing() -> Any:
    last = _last_told()
    told = and_(updates.c.conversation_id == last.c.conversation_id, updates.c.seq == last.c.seq)
    stands = and_(
        updates.c.type == "reaction_added",
        messages.c.deleted_at.is_(None),
    )
    return (
        select(
            last.c.message_id,
            last.c.emoji,
            last.c.user_id,
            reactions.c.seq.label("stored"),
            last.c.seq.label("recomputed"),
        )
        .select_from(last)
        .join(updates, told)
        .join(messages, messages.c.id == last.c.message_id)
        .outerjoin(reactions, _same(reactions, last))
        .where(stands, reactions.c.seq.is_distinct_from(last.c.seq))
    )


def _stray() -> Any:
    last = _last_told()
    told = and_(updates.c.conversation_id == last.c.conversation_id, updates.c.seq == last.c.seq)
    return (
        select(
            reactions.c.message_id,
            reactions.c.emoji,
            reactions.c.user_id,
            reactions.c.seq.label("stored"),
            null().label("recomputed"),
        )
        .join(messages, messages.c.id == reactions.c.message_id)
        .outerjoin(last, _same(last, reactions))
        .outerjoin(updates, told)
        .where(
            or_(
                messages.c.deleted_at.is_not(None),
                messages.c.kind == literal("system"),
                updates.c.type.is_distinct_from("reaction_added"),
            )
        )
    )


CHECKS = (by_query("conversations.reactions", lambda: _missing().union_all(_stray())),)
