"""The updates of a conversation's log: what its members can see change, in the order of `seq`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from tertulia.client.models import ConversationIdentity, Head, Message, User, View


class Update(View):
    """One step of a conversation's log. A type that this version does not know is a plain one."""

    conversation_id: str
    seq: int
    type: str
    at: datetime | None = None
    actor_id: str | None = None


class MessagePosted(Update):
    """A message; in a thread, `reply_count` is that of its root."""

    message: Message
    reply_count: int | None = None


class MessageEdited(Update):
    """A message has another text."""

    message: Message


class MessageDeleted(Update):
    """A message became a tombstone, or nothing at all where it was `undone`."""

    message_id: str
    undone: bool = False
    thread_id: str | None = None
    reply_count: int | None = None


class ReactionAdded(Update):
    """Somebody reacted; `count` is the total for this emoji."""

    message_id: str
    emoji: str
    user_id: str
    count: int


class ReactionRemoved(ReactionAdded):
    """Somebody took a reaction back; `count` is what remains."""


class MessagePinned(Update):
    """A message was pinned; `message` is the line that says so."""

    message_id: str
    message: Message | None = None


class MessageUnpinned(MessagePinned):
    """A message is no longer pinned."""


class MemberJoined(Update):
    """Somebody came in; `message` is the line that says so, none for default conversations."""

    user: User
    role: str | None = None
    member_count: int | None = None
    message: Message | None = None


class MemberLeft(MemberJoined):
    """Somebody left or was removed."""


class MemberChanged(Update):
    """Somebody has another role in the conversation."""

    user: User
    role: str


class ConversationChanged(Update):
    """Name, topic, visibility or archive changed; `message` is the line that says so."""

    conversation: ConversationIdentity
    message: Message | None = None


TYPES: Mapping[str, type[Update]] = {
    "message_posted": MessagePosted,
    "message_edited": MessageEdited,
    "message_deleted": MessageDeleted,
    "reaction_added": ReactionAdded,
    "reaction_removed": ReactionRemoved,
    "message_pinned": MessagePinned,
    "message_unpinned": MessageUnpinned,
    "member_joined": MemberJoined,
    "member_left": MemberLeft,
    "member_changed": MemberChanged,
    "conversation_changed": ConversationChanged,
}


def read_update(data: Mapping[str, Any]) -> Update:
    """Read an update; one of an unknown type or shape still counts in the log, as a plain one.

    Raises:
        pydantic.ValidationError: It has no place in a log.
    """
    try:
        return TYPES.get(str(data.get("type")), Update).model_validate(data)
    except ValidationError:
        return Update.model_validate(data)


class UpdatePage(View):
    """A stretch of a conversation's log, and where the log stands."""

    items: Sequence[Mapping[str, Any]]
    head: int
    epoch: str

    def updates(self) -> list[Update]:
        """Read the items."""
        return [read_update(item) for item in self.items]


class CaughtUp(View):
    """The answer to `conversations.catch_up`: exactly what was missed, or an explicit resync."""

    items: Sequence[Mapping[str, Any]] = Field(default=(), alias="updates")
    heads: Mapping[str, Head] = Field(default_factory=dict[str, Head])
    resync: Sequence[str] = ()
    gone: Sequence[str] = ()
    more: bool = False

    def updates(self) -> list[Update]:
        """Read what was missed, in order."""
        return [read_update(item) for item in self.items]
