"""Read marks, and the counts that people are shown by them."""

from typing import Any

from sqlalchemy import and_, case, distinct, func, null, or_, select

from tertulia.conversations.store.mentions import EVERYBODY
from tertulia.conversations.tables import conversations, marks, members, mentions, messages
from tertulia.kit.upkeep import by_query

_KEY = (marks.c.conversation_id, marks.c.user_id)
_WITH_CONVERSATION = conversations.c.id == marks.c.conversation_id


def _number_at(seq: Any) -> Any:
    """The number of the last timeline message at or before a `seq`, by the index of the timeline."""
    last = (
        select(messages.c.number)
        .where(
            messages.c.conversation_id == marks.c.conversation_id,
            messages.c.in_timeline,
            messages.c.number.is_not(None),
            messages.c.seq <= seq,
        )
        .order_by(messages.c.seq.desc())
        .limit(1)
        .correlate(marks, conversations)
        .scalar_subquery()
    )
    return func.coalesce(last, 0)


def _places() -> Any:
    """A mark is at 0 or at an update that is there."""
    within = case((marks.c.seq < 0, 0), (marks.c.seq > conversations.c.head, conversations.c.head))
    return (
        select(*_KEY, marks.c.seq.label("stored"), within.label("recomputed"))
        .join(conversations, _WITH_CONVERSATION)
        .where(within.is_not(None))
    )


def _numbers() -> Any:
    marked = select(
        *_KEY, marks.c.number.label("stored"), _number_at(marks.c.seq).label("recomputed")
    ).subquery()
    return select(marked).where(marked.c.stored != marked.c.recomputed)


def _unread() -> Any:
    """What is shown as unread: the timeline messages above the mark."""
    counted = (
        select(
            *_KEY,
            (conversations.c.messages - marks.c.number).label("stored"),
            (_number_at(conversations.c.head) - _number_at(marks.c.seq)).label("recomputed"),
        )
        .join(conversations, _WITH_CONVERSATION)
        .subquery()
    )
    return select(counted).where(counted.c.stored != counted.c.recomputed)


def _mentioned(*, seq: Any, author_id: Any, by_message: bool) -> Any:
    """How many messages of others above the mark mention the person."""
    query = select(func.count(distinct(mentions.c.message_id))).where(
        mentions.c.conversation_id == marks.c.conversation_id,
        or_(mentions.c.target == marks.c.user_id, mentions.c.target.in_(EVERYBODY)),
        seq > marks.c.seq,
        author_id != marks.c.user_id,
    )
    if by_message:
        query = query.join(messages, messages.c.id == mentions.c.message_id).where(
            messages.c.deleted_at.is_(None)
        )
    return query.correlate(marks).scalar_subquery()


def _miscopied() -> Any:
    """Where a mention is not as its message: nowhere else can a count be wrong."""
    return (
        select(mentions.c.conversation_id)
        .join(messages, messages.c.id == mentions.c.message_id)
        .where(
            or_(
                messages.c.seq != mentions.c.seq,
                messages.c.author_id != mentions.c.author_id,
                messages.c.deleted_at.is_not(None),
            )
        )
    )


def _mention_counts() -> Any:
    """What is shown as mentions, counted anew from the messages themselves."""
    shown = _mentioned(seq=mentions.c.seq, author_id=mentions.c.author_id, by_message=False)
    counted = _mentioned(seq=messages.c.seq, author_id=messages.c.author_id, by_message=True)
    both = (
        select(*_KEY, shown.label("stored"), counted.label("recomputed"))
        .join(conversations, _WITH_CONVERSATION)
        .where(marks.c.conversation_id.in_(_miscopied()))
        .subquery()
    )
    return select(both).where(both.c.stored != both.c.recomputed)


def _of_members() -> Any:
    """Every member has a mark, and nobody else but in the plaza."""
    theirs = and_(
        members.c.conversation_id == marks.c.conversation_id, members.c.user_id == marks.c.user_id
    )
    missing = (
        select(
            members.c.conversation_id,
            members.c.user_id,
            null().label("stored"),
            members.c.joined_seq.label("recomputed"),
        )
        .outerjoin(marks, theirs)
        .where(marks.c.user_id.is_(None))
    )
    stray = (
        select(*_KEY, marks.c.seq.label("stored"), null().label("recomputed"))
        .join(conversations, _WITH_CONVERSATION)
        .outerjoin(members, theirs)
        .where(members.c.user_id.is_(None), ~conversations.c.is_plaza)
    )
    return missing.union_all(stray)


CHECKS = (
    by_query("conversations.marks", _places),
    by_query("conversations.mark_numbers", _numbers),
    by_query("conversations.unread_count", _unread),
    by_query("conversations.mention_count", _mention_counts),
    by_query("conversations.marks_of_members", _of_members),
)
