"""Commands of `conversations`: conversations, their members, marks and settings."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field

from tertulia.client.commands.base import Command
from tertulia.client.ids import new_id
from tertulia.client.models import Conversation, Member, Page


@dataclass(frozen=True)
class ListConversations(
    Command[Sequence[Conversation]], name="conversations.list_conversations", part="items"
):
    """List my conversations, archived ones too."""


@dataclass(frozen=True)
class ListSpaceConversations(
    Command[Sequence[Conversation]], name="conversations.list_space_conversations", part="items"
):
    """List the public conversations of a space, and mine there."""

    space_id: str


@dataclass(frozen=True)
class CreateConversation(
    Command[Conversation], name="conversations.create_conversation", part="conversation"
):
    """Create a `channel`, a `group` or a `direct`; a direct that was there is answered."""

    kind: str
    _: KW_ONLY
    space_id: str | None = None
    name: str | None = None
    topic: str | None = None
    visibility: str | None = None
    members: Sequence[str] | None = None
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class GetConversation(
    Command[Conversation], name="conversations.get_conversation", part="conversation"
):
    """Read a conversation."""

    conversation_id: str


@dataclass(frozen=True)
class UpdateConversation(
    Command[Conversation], name="conversations.update_conversation", part="conversation"
):
    """Change a conversation; what is left out stays. `archived=False` brings it back."""

    conversation_id: str
    _: KW_ONLY
    name: str | None = None
    topic: str | None = None
    visibility: str | None = None
    default: bool | None = None
    archived: bool | None = None


@dataclass(frozen=True)
class ArchiveConversation(Command[None], name="conversations.archive_conversation"):
    """Archive a conversation: it can be read, and refuses changes."""

    conversation_id: str


@dataclass(frozen=True)
class ListMembers(Command[Page[Member]], name="conversations.list_members"):
    """List who is in a conversation."""

    conversation_id: str
    _: KW_ONLY
    cursor: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Join(Command[None], name="conversations.join"):
    """Join a public channel."""

    conversation_id: str


@dataclass(frozen=True)
class Leave(Command[None], name="conversations.leave"):
    """Leave a channel or a group."""

    conversation_id: str


@dataclass(frozen=True)
class AddMember(Command[None], name="conversations.add_member"):
    """Add a person to a conversation, or change the role there."""

    conversation_id: str
    user_id: str
    _: KW_ONLY
    role: str | None = None


@dataclass(frozen=True)
class RemoveMember(Command[None], name="conversations.remove_member"):
    """Remove a person from a conversation."""

    conversation_id: str
    user_id: str


@dataclass(frozen=True)
class MarkRead(Command[None], name="conversations.mark_read"):
    """Move my read mark forward; `force` moves it back too (mark unread)."""

    conversation_id: str
    seq: int
    _: KW_ONLY
    force: bool | None = None


@dataclass(frozen=True)
class UpdateSettings(Command[None], name="conversations.update_settings"):
    """Change what a conversation does for me alone."""

    conversation_id: str
    _: KW_ONLY
    muted: bool
