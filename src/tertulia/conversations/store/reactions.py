"""Reactions, one row a message, emoji and person."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, distinct, func, select

from tertulia.conversations.contract.messages import ReactionView
from tertulia.conversations.tables import reactions
from tertulia.kit.db.columns import insert


def add(connection: Connection, message_id: str, emoji: str, user_id: str, seq: int) -> None:
    """A person reacts, at a `seq`."""
    connection.execute(
        insert(connection, reactions).values(
            message_id=message_id, emoji=emoji, user_id=user_id, seq=seq
        )
    )


def remove(connection: Connection, message_id: str, emoji: str, user_id: str) -> None:
    """A person takes it back."""
    connection.execute(
        delete(reactions).where(
            reactions.c.message_id == message_id,
            reactions.c.emoji == emoji,
            reactions.c.user_id == user_id,
        )
    )


def forget(connection: Connection, message_id: str) -> None:
    """A message has none any more."""
    connection.execute(delete(reactions).where(reactions.c.message_id == message_id))


def exists(connection: Connection, message_id: str, emoji: str, user_id: str) -> bool:
    """Whether this reaction of this person is there."""
    return (
        connection.execute(
            select(reactions.c.seq).where(
                reactions.c.message_id == message_id,
                reactions.c.emoji == emoji,
                reactions.c.user_id == user_id,
            )
        ).scalar()
        is not None
    )


def count(connection: Connection, message_id: str, emoji: str) -> int:
    """How many people reacted so."""
    return connection.execute(
        select(func.count())
        .select_from(reactions)
        .where(reactions.c.message_id == message_id, reactions.c.emoji == emoji)
    ).scalar_one()


def count_different(connection: Connection, message_id: str) -> int:
    """How many different emoji are on a message."""
    return connection.execute(
        select(func.count(distinct(reactions.c.emoji))).where(reactions.c.message_id == message_id)
    ).scalar_one()


def find(
    connection: Connection, message_ids: Collection[str], viewer_id: str | None, most: int
) -> dict[str, list[ReactionView]]:
    """The reactions of each message, the first emoji first; `most` people each, and the viewer."""
    found = connection.execute(
        select(reactions.c.message_id, reactions.c.emoji, reactions.c.user_id)
        .where(reactions.c.message_id.in_(message_ids))
        .order_by(reactions.c.message_id, reactions.c.seq)
    )
    people: dict[str, dict[str, list[str]]] = {}
    for message_id, emoji, user_id in found:
        people.setdefault(message_id, {}).setdefault(emoji, []).append(user_id)
    return {
        message_id: [_view(emoji, ids, viewer_id, most) for emoji, ids in by_emoji.items()]
        for message_id, by_emoji in people.items()
    }


def _view(emoji: str, ids: list[str], viewer_id: str | None, most: int) -> ReactionView:
    shown = ids[:most]
    if viewer_id in ids and viewer_id not in shown:
        shown.append(viewer_id)
    return ReactionView(emoji=emoji, count=len(ids), user_ids=shown)
