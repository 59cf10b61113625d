"""Whom messages mention, one row a message and target."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, distinct, func, or_, select

from tertulia.conversations.tables import marks, mentions
from tertulia.kit.db.columns import insert
from tertulia.kit.db.statements import Prepared

EVERYBODY = ("here", "everyone")


def rows(message: Mapping[str, Any], targets: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a message's targets, in the order of the text."""
    return [
        {
            "message_id": message["id"],
            "target": target,
            "position": position,
            "conversation_id": message["conversation_id"],
            "seq": message["seq"],
            "author_id": message["author_id"],
        }
        for position, target in enumerate(targets)
    ]


_ADD = Prepared(lambda connection: insert(connection, mentions))


def add(connection: Connection, added: Sequence[dict[str, Any]]) -> None:
    """Remember mentions."""
    _ADD.run_for(connection, added)


def forget(connection: Connection, message_id: str) -> None:
    """A message mentions nobody any more."""
    connection.execute(delete(mentions).where(mentions.c.message_id == message_id))


def find(connection: Connection, message_ids: Collection[str]) -> dict[str, list[str]]:
    """The targets of each message, in the order of its text."""
    found = connection.execute(
        select(mentions.c.message_id, mentions.c.target)
        .where(mentions.c.message_id.in_(message_ids))
        .order_by(mentions.c.message_id, mentions.c.position)
    )
    targets: dict[str, list[str]] = {}
    for message_id, target in found:
        targets.setdefault(message_id, []).append(target)
    return targets


def count(
    connection: Connection, user_id: str, conversation_ids: Collection[str]
) -> dict[str, int]:
    """How many messages of others above a person's mark mention them, `here` and `everyone` included."""
    found = connection.execute(
        select(mentions.c.conversation_id, func.count(distinct(mentions.c.message_id)))
        .join(
            marks,
            and_(marks.c.conversation_id == mentions.c.conversation_id, marks.c.user_id == user_id),
        )
        .where(
            mentions.c.conversation_id.in_(conversation_ids),
            or_(mentions.c.target == user_id, mentions.c.target.in_(EVERYBODY)),
            mentions.c.seq > marks.c.seq,
            mentions.c.author_id != user_id,
        )
        .group_by(mentions.c.conversation_id)
    )
    return {row[0]: row[1] for row in found}


def count_of_people(
    connection: Connection, conversation_id: str, user_ids: Collection[str]
) -> dict[str, int]:
    """The same for several people in one conversation, by person."""
    found = connection.execute(
        select(marks.c.user_id, func.count(distinct(mentions.c.message_id)))
        .join(
            mentions,
            and_(
                mentions.c.conversation_id == marks.c.conversation_id,
                mentions.c.seq > marks.c.seq,
                mentions.c.author_id != marks.c.user_id,
                or_(mentions.c.target == marks.c.user_id, mentions.c.target.in_(EVERYBODY)),
            ),
        )
        .where(marks.c.conversation_id == conversation_id, marks.c.user_id.in_(user_ids))
        .group_by(marks.c.user_id)
    )
    return {row[0]: row[1] for row in found}
