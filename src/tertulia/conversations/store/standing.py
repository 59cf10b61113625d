"""Where all conversations of one person stand, in one statement: what a connection starts from.

After a restart everybody asks for it at once, so the statement is built once and bound each time.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    and_,
    bindparam,
    distinct,
    exists,
    false,
    func,
    or_,
    select,
)

from tertulia.conversations.contract.conversations import Head
from tertulia.conversations.store.mentions import EVERYBODY
from tertulia.conversations.tables import conversations, marks, members, mentions, people
from tertulia.kit.db import Record

PERSON = bindparam("person")


def heads(connection: Connection, user_id: str, *, own: bool, plaza: bool) -> dict[str, Head]:
    """The heads of a person's own conversations, and of the plaza: all may be read.

    Without a mark nothing is unread. The deactivated have none.
    """
    rows = connection.execute(_statement(own=own, plaza=plaza), {"person": user_id})
    return {row.id: _head(row) for row in rows}


@cache
def _statement(*, own: bool, plaza: bool) -> Executable:
    mine = select(members.c.conversation_id).where(members.c.user_id == PERSON)
    wanted = or_(
        conversations.c.id.in_(mine) if own else false(),
        conversations.c.is_plaza if plaza else false(),
    )
    mark = and_(marks.c.conversation_id == conversations.c.id, marks.c.user_id == PERSON)
    return (
        select(
            conversations.c.id,
            conversations.c.epoch,
            conversations.c.head,
            conversations.c.messages,
            marks.c.seq.label("read"),
            marks.c.number,
            _mentioned().label("mentioned"),
        )
        .outerjoin(marks, mark)
        .where(wanted, ~_deactivated())
        .order_by(conversations.c.id)
    )


def _deactivated() -> ColumnElement[bool]:
    return exists().where(people.c.id == PERSON, people.c.active.is_(False))


def _mentioned() -> Any:
    """Messages of others above the mark that mention the person; none where there is no mark."""
    return (
        select(func.count(distinct(mentions.c.message_id)))
        .where(
            mentions.c.conversation_id == conversations.c.id,
            or_(mentions.c.target == PERSON, mentions.c.target.in_(EVERYBODY)),
            mentions.c.seq > marks.c.seq,
            mentions.c.author_id != PERSON,
        )
        .correlate(conversations, marks)
        .scalar_subquery()
    )


def _head(row: Record) -> Head:
    return Head.model_construct(
        epoch=row.epoch,
        head=row.head,
        read=row.head if row.read is None else row.read,
        messages=row.messages,
        unread_count=0 if row.read is None else row.messages - row.number,
        mention_count=row.mentioned,
    )
