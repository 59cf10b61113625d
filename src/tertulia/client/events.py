"""What the server tells a connection outside the logs: presence, marks, places gained and lost."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from tertulia.client.models import Conversation, Draft, Space, User, View


class Event(View):
    """One thing told outside the logs; it may be missed while the connection is down."""


class ConversationAdded(Event):
    """A conversation is now mine."""

    conversation: Conversation


class ConversationRemoved(Event):
    """A conversation is no longer mine."""

    conversation_id: str


class Read(Event):
    """My read mark moved, on any device, or a count of mine changed."""

    conversation_id: str
    seq: int
    head: int
    unread_count: int
    mention_count: int


class SettingsChanged(Event):
    """My own settings of a conversation changed."""

    conversation_id: str
    muted: bool


class SpaceAdded(Event):
    """A space is now mine, or my role in it changed."""

    space: Space


class SpaceRemoved(Event):
    """A space is no longer mine."""

    space_id: str


class SpaceChanged(Event):
    """A space of mine has another name or wall."""

    space_id: str
    name: str
    wall: str


class UserChanged(Event):
    """A person I share a space with has another name or picture."""

    user: User


class DraftChanged(Event):
    """What I began to write changed on another of my connections; an empty text means that it is gone."""

    draft: Draft


class MessageSaved(Event):
    """I saved a message, on any connection."""

    message_id: str
    saved_at: datetime


class MessageUnsaved(Event):
    """A message of mine is saved no more."""

    message_id: str


class PresenceChanged(Event):
    """A person I watch is `online`, `offline` or in another state."""

    user_id: str
    state: str


class Typing(Event):
    """Somebody writes in a conversation of mine, until a moment."""

    conversation_id: str
    user_id: str
    until: datetime


class Goodbye(Event):
    """The server is about to close this connection."""

    code: str
    reconnect: bool = True
    after_ms: int | None = None


TYPES: Mapping[str, type[Event]] = {
    "conversations.added": ConversationAdded,
    "conversations.removed": ConversationRemoved,
    "conversations.read": Read,
    "conversations.settings_changed": SettingsChanged,
    "conversations.space_added": SpaceAdded,
    "conversations.space_removed": SpaceRemoved,
    "conversations.space_changed": SpaceChanged,
    "accounts.user_changed": UserChanged,
    "personal.draft_changed": DraftChanged,
    "personal.message_saved": MessageSaved,
    "personal.message_unsaved": MessageUnsaved,
    "presence.changed": PresenceChanged,
    "presence.typing": Typing,
    "gateway.goodbye": Goodbye,
}


def find_event(name: str, data: object) -> Event | None:
    """Read an event; None for one that this version does not know or cannot read."""
    known = TYPES.get(name)
    try:
        return known.model_validate(data) if known else None
    except ValidationError:
        return None
