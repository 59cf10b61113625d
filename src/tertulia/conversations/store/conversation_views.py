"""Conversations as they are shown: the shared part, and what each viewer sees of it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.conversations import (
    ConversationShared,
    ConversationView,
    Head,
)
from tertulia.conversations.store import marks, members, mentions, messages, people
from tertulia.conversations.store.message_views import views as message_views
from tertulia.kit.db import Record


def shared(connection: Connection, rows: Sequence[Record]) -> list[ConversationShared]:
    """The part that is the same for everybody."""
    listed = _people(connection, rows)
    return [ConversationShared(**_shared(row, listed.get(row.id, []))) for row in rows]


def views(connection: Connection, rows: Sequence[Record], user_id: str) -> list[ConversationView]:
    """The conversations as one person sees them, counts as of their heads."""
    ids = [row.id for row in rows]
    listed = _people(connection, rows)
    roles = members.find_roles(connection, user_id, ids)
    heads_ = heads(connection, rows, user_id)
    muted = {key: row.muted for key, row in marks.find_of_person(connection, user_id, ids).items()}
    last = _last_messages(connection, rows, user_id)
    return [
        ConversationView(
            **_shared(row, listed.get(row.id, [])),
            **heads_[row.id].model_dump(exclude={"epoch"}),
            last_message=last.get(row.id),
            role=roles.get(row.id),
            muted=muted.get(row.id, False),
        )
        for row in rows
    ]


def heads(connection: Connection, rows: Sequence[Record], user_id: str) -> dict[str, Head]:
    """Where the conversations stand for one person; without a mark nothing is unread."""
    ids = [row.id for row in rows]
    read = marks.find_of_person(connection, user_id, ids)
    mentioned = mentions.count(connection, user_id, ids)
    return {row.id: _head(row, read.get(row.id), mentioned.get(row.id, 0)) for row in rows}


def _head(row: Record, mark: Record | None, mentioned: int) -> Head:
    return Head(
        epoch=row.epoch,
        head=row.head,
        read=row.head if mark is None else mark.seq,
        messages=row.messages,
        unread_count=0 if mark is None else row.messages - mark.number,
        mention_count=mentioned,
    )


def _shared(row: Record, listed: list[UserView]) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "space_id": row.space_id,
        "name": row.name,
        "topic": row.topic,
        "visibility": row.visibility,
        "default": row.is_default,
        "about": row.about,
        "member_count": None if row.is_plaza else row.member_count,
        "people": None if row.kind == "channel" else listed,
        "created_at": row.created_at,
        "archived_at": row.archived_at,
        "epoch": row.epoch,
    }


def _people(connection: Connection, rows: Sequence[Record]) -> dict[str, list[UserView]]:
    small = [row.id for row in rows if row.kind != "channel"]
    pairs = members.list_of_many(connection, small) if small else []
    known = people.find_people(connection, {pair.user_id for pair in pairs})
    listed: dict[str, list[UserView]] = {}
    for pair in pairs:
        listed.setdefault(pair.conversation_id, []).append(known[pair.user_id])
    return listed


def _last_messages(connection: Connection, rows: Sequence[Record], user_id: str) -> dict[str, Any]:
    last = messages.find_last(connection, [(row.id, row.messages) for row in rows])
    shown = message_views(connection, list(last.values()), user_id)
    return {message.conversation_id: message for message in shown}
