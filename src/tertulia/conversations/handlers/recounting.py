"""Telling people whose counts an edit or a deletion changed."""

from collections.abc import Collection

from tertulia.conversations.contract.conversations import ReadMoved
from tertulia.conversations.store import conversations, log, marks, mentions
from tertulia.kit.db import Connection, Record


def recount(connection: Connection, message: Record, targets: Collection[str]) -> None:
    """Tell their new counts to those whom the message mentioned, or does now, and who had not read it."""
    if not targets:
        return
    everybody = not set(mentions.EVERYBODY).isdisjoint(targets)
    among = None if everybody else targets
    behind = marks.list_behind(connection, message.conversation_id, message.seq, among)
    tell_counts(connection, message.conversation_id, [u for u in behind if u != message.author_id])


def tell_counts(connection: Connection, conversation_id: str, user_ids: Collection[str]) -> None:
    """Tell these people where they stand in a conversation."""
    if not user_ids:
        return
    row = conversations.find(connection, [conversation_id])[conversation_id]
    mentioned = mentions.count_of_people(connection, conversation_id, user_ids)
    told = [
        ReadMoved(
            user_id=mark.user_id,
            conversation_id=conversation_id,
            seq=mark.seq,
            head=row.head,
            unread_count=row.messages - mark.number,
            mention_count=mentioned.get(mark.user_id, 0),
        )
        for mark in marks.list_of_people(connection, conversation_id, user_ids)
    ]
    log.announce(connection, *told)
