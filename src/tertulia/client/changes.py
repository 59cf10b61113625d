"""What an update makes of one message. Pure functions: applying one again changes nothing."""

from typing import Any

from tertulia.client.models import Message, Reaction
from tertulia.client.updates import (
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessagePosted,
    MessageUnpinned,
    ReactionAdded,
    ReactionRemoved,
    Update,
)

LISTED_REACTORS = 100
"""User ids that the server lists with a reaction; the viewer's is listed beyond."""


def change_message(message: Message, update: Update, viewer_id: str) -> Message:
    """Return what `update` makes of a message: the same object where it does not concern it."""
    match update:
        case MessagePosted() | MessageEdited():
            if update.message.id == message.id:
                return _hear(message, update.message, viewer_id)
            return _count_replies(message, update.message.thread_id, update)
        case MessageDeleted():
            if update.message_id == message.id:
                return _bury(message, update)
            return _count_replies(message, update.thread_id, update)
        case ReactionAdded() if update.message_id == message.id and not message.deleted_at:
            return message.model_copy(update={"reactions": _react(message, update, viewer_id)})
        case MessagePinned() if update.message_id == message.id and not message.deleted_at:
            at = None if isinstance(update, MessageUnpinned) else update.at
            return message.model_copy(update={"pinned_at": at})
        case _:
            return message


def choose_newer(known: Message | None, read: Message) -> Message:
    """Return the later reading of a message; a tombstone is never revived."""
    return known if known and known.deleted_at and not read.deleted_at else read


def _hear(known: Message, told: Message, viewer_id: str) -> Message:
    """Take what everybody is told, which lists the first hundred who reacted, maybe not oneself."""
    if choose_newer(known, told) is known:
        return known
    mine = {it.emoji for it in known.reactions if viewer_id in it.user_ids}
    reactions = [_keep_viewer(it, viewer_id) if it.emoji in mine else it for it in told.reactions]
    return told.model_copy(update={"reactions": reactions})


def _keep_viewer(told: Reaction, viewer_id: str) -> Reaction:
    if viewer_id in told.user_ids or told.count <= len(told.user_ids):
        return told
    return told.model_copy(update={"user_ids": [*told.user_ids, viewer_id]})


def _count_replies(message: Message, thread_id: str | None, update: Any) -> Message:
    count: int | None = getattr(update, "reply_count", None)
    if thread_id != message.id or count is None:
        return message
    return message.model_copy(update={"reply_count": count})


def _bury(message: Message, update: MessageDeleted) -> Message:
    emptied: dict[str, list[str]] = {it: [] for it in ("attachments", "reactions", "mentions")}
    lost = {"text": "", "data": None, "reply_to": None, "pinned_at": None}
    fate = {"deleted_at": message.deleted_at or update.at, "undone": update.undone}
    return message.model_copy(update={**emptied, **lost, **fate})


def _react(message: Message, update: ReactionAdded, viewer_id: str) -> list[Reaction]:
    by_emoji = {it.emoji: it for it in message.reactions}
    known = by_emoji.get(update.emoji)
    user_ids = [it for it in (known.user_ids if known else ()) if it != update.user_id]
    if not isinstance(update, ReactionRemoved):
        user_ids = _add_reactor(known, user_ids, update.user_id, viewer_id)
    by_emoji[update.emoji] = Reaction(emoji=update.emoji, count=update.count, user_ids=user_ids)
    return [it for it in by_emoji.values() if it.count > 0]


def _add_reactor(
    known: Reaction | None, others: list[str], user_id: str, viewer_id: str
) -> list[str]:
    """Who reacted already keeps the place; beyond what the server lists only the viewer is added."""
    if known and user_id in known.user_ids:
        return list(known.user_ids)
    if len(others) >= LISTED_REACTORS and user_id != viewer_id:
        return others
    return [*others, user_id]
