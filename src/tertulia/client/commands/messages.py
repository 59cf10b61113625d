"""Commands of `conversations`: messages, threads, reactions and pins."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field

from tertulia.client.commands.base import Command
from tertulia.client.ids import new_id
from tertulia.client.models import Message, Page, Revision, Thread


@dataclass(frozen=True)
class PostMessage(Command[Message], name="conversations.post_message", part="message"):
    """Post a message; the same `id` again answers the message as it is now."""

    conversation_id: str
    text: str
    _: KW_ONLY
    reply_to: str | None = None
    thread_id: str | None = None
    also_in_channel: bool | None = None
    attachments: Sequence[str] | None = None
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class GetMessage(Command[Message], name="conversations.get_message", part="message"):
    """Read a message as it is now."""

    message_id: str


@dataclass(frozen=True)
class EditMessage(Command[Message], name="conversations.edit_message", part="message"):
    """Give a message of mine another text."""

    message_id: str
    text: str


@dataclass(frozen=True)
class DeleteMessage(Command[None], name="conversations.delete_message"):
    """Delete a message; `undone`, soon after posting, leaves nothing to see."""

    message_id: str
    _: KW_ONLY
    undone: bool | None = None


@dataclass(frozen=True)
class ListRevisions(Command[Sequence[Revision]], name="conversations.list_revisions", part="items"):
    """List the earlier texts of a message."""

    message_id: str


@dataclass(frozen=True)
class AddReaction(Command[None], name="conversations.add_reaction"):
    """React to a message with an emoji."""

    message_id: str
    emoji: str


@dataclass(frozen=True)
class RemoveReaction(Command[None], name="conversations.remove_reaction"):
    """Take a reaction back."""

    message_id: str
    emoji: str


@dataclass(frozen=True)
class PinMessage(Command[None], name="conversations.pin_message"):
    """Pin a message."""

    message_id: str


@dataclass(frozen=True)
class UnpinMessage(Command[None], name="conversations.unpin_message"):
    """Unpin a message."""

    message_id: str


@dataclass(frozen=True)
class ListPins(Command[Page[Message]], name="conversations.list_pins"):
    """List the pinned messages of a conversation."""

    conversation_id: str
    _: KW_ONLY
    cursor: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class ListThread(Command[Thread], name="conversations.list_thread"):
    """Read a thread: its root and the replies after a position."""

    message_id: str
    _: KW_ONLY
    after: int | None = None
    limit: int | None = None
