"""Messages as they are shown: rows with their authors, reactions and mentions, in three queries."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.messages import MessageView, ReactionView
from tertulia.conversations.store import mentions, people, reactions
from tertulia.kernel.limits import DEFAULTS
from tertulia.kit.db import Record


def views(
    connection: Connection,
    rows: Sequence[Record],
    viewer_id: str | None = None,
    most: int = DEFAULTS.reaction_users,
) -> list[MessageView]:
    """The messages, as they are now; `viewer_id` is listed with their reactions beyond `most`."""
    ids = [row.id for row in rows]
    authors = people.find_people(connection, {row.author_id for row in rows})
    reacted = reactions.find(connection, ids, viewer_id, most)
    mentioned = mentions.find(connection, ids)
    return [
        _view(row, authors[row.author_id], reacted.get(row.id, []), mentioned.get(row.id, []))
        for row in rows
    ]


def posted(
    row: Mapping[str, Any], author: UserView, mentioned: list[str], reply_count: int
) -> MessageView:
    """A message that was just written, as `views` would read it, without reading it."""
    return MessageView.trusted(
        {
            "id": row["id"],
            "conversation_id": row["conversation_id"],
            "seq": row["seq"],
            "number": row["number"],
            "author": author,
            "kind": row["kind"],
            "text": row["text"],
            "data": row["data"],
            "created_at": row["created_at"],
            "edited_at": row["edited_at"],
            "deleted_at": row["deleted_at"],
            "undone": row["undone"],
            "pinned_at": row["pinned_at"],
            "reply_to": row["reply_to"],
            "thread_id": row["thread_id"],
            "also_in_channel": row["also_in_channel"],
            "reply_count": reply_count,
            "attachments": [],
            "reactions": [],
            "mentions": mentioned,
        }
    )


def _view(
    row: Record, author: UserView, reacted: list[ReactionView], mentioned: list[str]
) -> MessageView:
    return MessageView(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        number=row.number,
        author=author,
        kind=row.kind,
        text=row.text,
        data=row.data,
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
        undone=row.undone,
        pinned_at=row.pinned_at,
        reply_to=row.reply_to,
        thread_id=row.thread_id,
        also_in_channel=row.also_in_channel,
        reply_count=row.reply_count,
        attachments=[],
        reactions=reacted,
        mentions=mentioned,
    )
