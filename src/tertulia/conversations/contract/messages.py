"""Messages, threads, reactions, pins."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from tertulia.accounts.contract import UserView
from tertulia.kernel.clock import Moment
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Model, Query
from tertulia.kernel.text import SpokenText

Emoji = Annotated[str, StringConstraints(min_length=1, max_length=64)]
"""One RGI emoji in NFC, or `:name:`; checked by the rules."""


class ReactionView(Model):
    """One emoji on a message: how many, and the first of them and the viewer."""

    emoji: str
    count: int
    user_ids: list[Id]


class MessageView(Model):
    """A message as it is now; a deleted one is its tombstone."""

    id: Id
    conversation_id: Id
    seq: int
    number: int | None
    author: UserView
    kind: str
    text: str
    data: dict[str, Any] | None
    created_at: Moment
    edited_at: Moment | None
    deleted_at: Moment | None
    undone: bool
    pinned_at: Moment | None
    reply_to: Id | None
    thread_id: Id | None
    also_in_channel: bool
    reply_count: int
    attachments: list[dict[str, Any]]
    reactions: list[ReactionView]
    mentions: list[str]
    """User ids, `here`, `everyone`."""


class MessageFound(Model):
    """A message."""

    message: MessageView


class MessagesFound(Model):
    """Messages by id; those that the asker may not read are missing."""

    messages: dict[Id, MessageView]
    looked: int
    """How many of those asked for were looked at, in their order: an answer ends early where texts are long."""


class MessagePosting(Model):
    """A message, and whether this call made it."""

    message: MessageView
    created: bool


class Revision(Model):
    """What a message said from a moment on."""

    text: str
    at: Moment


class RevisionList(Model):
    """All that a message has said, the first text first."""

    items: list[Revision]


class ThreadPage(Model):
    """A page of a thread, ascending."""

    root: MessageView
    items: list[MessageView]
    has_after: bool


class PinPage(Model):
    """A page of pinned messages, the last pinned first."""

    items: list[MessageView]
    next: str | None


class PostMessage(Command[MessagePosting]):
    """Say something. `NotAMember`, `Archived`, `MessageDeleted`, `IdInUse`.

    A known id of the same author in the same conversation answers the message as it is now.
    """

    pipelined = True
    costs_send = True
    conversation_id: Id
    id: Id | None = None
    text: SpokenText
    reply_to: Id | None = None
    thread_id: Id | None = None
    also_in_channel: bool = False
    attachments: Annotated[tuple[Id, ...], Field(max_length=0)] = ()
    """Ids of files; none are served yet."""


class GetMessage(Query[MessageFound]):
    """A message that I may read."""

    message_id: Id


class FindMessages(Query[MessagesFound]):
    """Those among these messages that the asker may read, as they are now; asked by services."""

    message_ids: list[Id]


class EditMessage(Command[MessageFound]):
    """Say it otherwise; authors only. `MessageDeleted`."""

    pipelined = True
    costs_send = True
    message_id: Id
    text: SpokenText


class DeleteMessage(Command[None]):
    """Leave a tombstone; `undone` within 30 s of posting leaves nothing to draw."""

    pipelined = True
    message_id: Id
    undone: bool = False


class ListRevisions(Query[RevisionList]):
    """What it said before, for its author and who may delete others' messages."""

    message_id: Id


class AddReaction(Command[None]):
    """React; up to `limits.emojis` different ones on a message."""

    pipelined = True
    message_id: Id
    emoji: Emoji


class RemoveReaction(Command[None]):
    """Take my reaction back."""

    pipelined = True
    message_id: Id
    emoji: Emoji


class PinMessage(Command[None]):
    """Pin it for everybody."""

    pipelined = True
    message_id: Id


class UnpinMessage(Command[None]):
    """Unpin it."""

    pipelined = True
    message_id: Id


class ListPins(Query[PinPage]):
    """What is pinned in a conversation."""

    conversation_id: Id
    cursor: str | None = None
    limit: int | None = None


class ListThread(Query[ThreadPage]):
    """A thread: its root, and a page of its replies after a `seq`."""

    message_id: Id
    after: int | None = None
    limit: int | None = None
