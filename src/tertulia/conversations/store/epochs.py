"""The epochs of the logs: a restore starts another history."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select, update

from tertulia.conversations.tables import conversations
from tertulia.kernel.ids import new_id

_HEADS = select(conversations.c.id, conversations.c.epoch, conversations.c.head)


def find_heads(connection: Connection) -> dict[str, tuple[str, int]]:
    """The epoch and the head of every log, by conversation."""
    found = connection.execute(_HEADS)
    return {row.id: (row.epoch, row.head) for row in found}


def find_some_heads(
    connection: Connection, conversation_ids: Collection[str]
) -> dict[str, tuple[str, int]]:
    """Those of these conversations."""
    found = connection.execute(_HEADS.where(conversations.c.id.in_(conversation_ids)))
    return {row.id: (row.epoch, row.head) for row in found}


def renew(connection: Connection, _earlier: Connection | None = None) -> None:
    """Give every log a new epoch, so that nobody goes on from a place in the history that was."""
    ids = connection.execute(select(conversations.c.id)).scalars().all()
    if ids:
        connection.execute(
            update(conversations)
            .where(conversations.c.id == bindparam("key"))
            .values(epoch=bindparam("fresh")),
            [{"key": key, "fresh": new_id()} for key in ids],
        )
