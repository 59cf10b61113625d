"""Members: how many, and the same ones as the log leaves."""

from typing import Any

from sqlalchemy import and_, func, null, select

from tertulia.conversations.tables import conversations, members, space_members, updates
from tertulia.kit.upkeep import by_query

_PERSON = updates.c.parts["user_id"].as_string()


def _counts() -> Any:
    counted = (
        select(members.c.conversation_id, func.count().label("count"))
        .group_by(members.c.conversation_id)
        .subquery()
    )
    count = func.coalesce(counted.c.count, 0)
    return (
        select(
            conversations.c.id.label("conversation_id"),
            conversations.c.member_count.label("stored"),
            count.label("recomputed"),
        )
        .outerjoin(counted, counted.c.conversation_id == conversations.c.id)
        .where(conversations.c.member_count != count)
    )


def _last_of(*types: str) -> Any:
    """The last update of these types about each person of a conversation."""
    return (
        select(
            updates.c.conversation_id,
            _PERSON.label("user_id"),
            func.max(updates.c.seq).label("seq"),
        )
        .where(updates.c.type.in_(types))
        .group_by(updates.c.conversation_id, _PERSON)
        .subquery()
    )


def _against_log(*, in_it: bool) -> Any:
    """People whose last update says that they are in it, or that they are not, with their rows."""
    last = _last_of("member_joined", "member_left")
    is_last = and_(updates.c.conversation_id == last.c.conversation_id, updates.c.seq == last.c.seq)
    row = and_(
        members.c.conversation_id == last.c.conversation_id, members.c.user_id == last.c.user_id
    )
    told = "member_joined" if in_it else "member_left"
    return (
        select(
            last.c.conversation_id,
            last.c.user_id,
            members.c.joined_seq.label("stored"),
            (last.c.seq if in_it else null()).label("recomputed"),
        )
        .select_from(last)
        .join(updates, is_last)
        .outerjoin(members, row)
        .where(updates.c.type == told)
    )


def _as_told() -> Any:
    """Who joined last is in it since then, who left last is not."""
    joined, left = _against_log(in_it=True), _against_log(in_it=False)
    return joined.where(members.c.joined_seq.is_distinct_from(_column(joined))).union_all(
        left.where(members.c.user_id.is_not(None)), _from_nowhere()
    )


def _column(query: Any) -> Any:
    return query.selected_columns["recomputed"]


def _from_nowhere() -> Any:
    """Members who were not there from the start, and of whom the log does not say that they came."""
    last = _last_of("member_joined", "member_left")
    moved = and_(
        last.c.conversation_id == members.c.conversation_id, last.c.user_id == members.c.user_id
    )
    return (
        select(
            members.c.conversation_id,
            members.c.user_id,
            members.c.joined_seq.label("stored"),
            null().label("recomputed"),
        )
        .outerjoin(last, moved)
        .where(members.c.joined_seq != 0, last.c.seq.is_(None))
    )


def _roles() -> Any:
    """The role is the one that the log told last."""
    last = _last_of("member_joined", "member_changed")
    is_last = and_(updates.c.conversation_id == last.c.conversation_id, updates.c.seq == last.c.seq)
    told = updates.c.parts["role"].as_string()
    moved = and_(
        last.c.conversation_id == members.c.conversation_id, last.c.user_id == members.c.user_id
    )
    return (
        select(
            members.c.conversation_id,
            members.c.user_id,
            members.c.role.label("stored"),
            told.label("recomputed"),
        )
        .join(last, moved)
        .join(updates, is_last)
        .where(last.c.seq >= members.c.joined_seq, members.c.role != told)
    )


def _of_spaces() -> Any:
    """Whoever is in a conversation of a space is in the space."""
    theirs = and_(
        space_members.c.space_id == conversations.c.space_id,
        space_members.c.user_id == members.c.user_id,
    )
    return (
        select(
            members.c.conversation_id,
            members.c.user_id,
            members.c.role.label("stored"),
            null().label("recomputed"),
        )
        .join(conversations, conversations.c.id == members.c.conversation_id)
        .outerjoin(space_members, theirs)
        .where(conversations.c.space_id.is_not(None), space_members.c.user_id.is_(None))
    )


CHECKS = (
    by_query("conversations.member_count", _counts),
    by_query("conversations.members", _as_told),
    by_query("conversations.roles", _roles),
    by_query("conversations.members_of_spaces", _of_spaces),
)
