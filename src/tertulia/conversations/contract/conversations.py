"""Conversations, their members, read marks and settings."""

from typing import Annotated, Literal

from pydantic import Field

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.messages import MessageView
from tertulia.kernel.clock import Moment
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Event, Model, Query
from tertulia.kernel.text import Name, Topic

ConversationKind = Literal["channel", "group", "direct"]
Visibility = Literal["public", "private"]
ConversationRole = Literal["owner", "moderator", "member"]
Seq = Annotated[int, Field(ge=0)]
"""A place in a log, 0 before all; one above the head is no error, however large."""


class ConversationShared(Model):
    """The part of a conversation that is the same for everybody and stands in updates."""

    id: Id
    kind: ConversationKind
    space_id: Id | None
    name: str | None
    topic: str
    visibility: Visibility
    default: bool
    about: Id | None
    member_count: int | None
    people: list[UserView] | None
    """Of a direct or a group; null for a channel."""
    created_at: Moment
    archived_at: Moment | None
    epoch: str


class ConversationView(ConversationShared):
    """A conversation as one person sees it; counts are as of `head`."""

    head: int
    messages: int
    last_message: MessageView | None
    role: ConversationRole | None
    """Null for who is not in it."""
    muted: bool
    read: int
    unread_count: int
    mention_count: int


class ConversationList(Model):
    """Conversations, without paging."""

    items: list[ConversationView]


class ConversationFound(Model):
    """A conversation."""

    conversation: ConversationView


class ConversationCreated(Model):
    """A conversation, and whether this call made it."""

    conversation: ConversationView
    created: bool


class Head(Model):
    """Where a conversation of mine stands."""

    epoch: str
    head: int
    read: int
    messages: int
    unread_count: int
    mention_count: int


class Heads(Model):
    """Where all my conversations stand, and the spaces whose news I hear."""

    heads: dict[Id, Head]
    space_ids: list[Id]


class GetHeads(Query[Heads]):
    """What a new connection starts from; for a guest, the plaza alone."""

    work = "resume"


class Standings(Model):
    """How the asker stands to conversations, by id; those that they may not read are missing.

    They are `in` it, as in the plaza everybody is, or only read it.
    """

    standings: dict[Id, Literal["in", "reads"]]


class FindStandings(Query[Standings]):
    """How the asker stands to these conversations; asked by services."""

    conversation_ids: list[Id]


class ListConversations(Query[ConversationList]):
    """Mine, archived ones too."""

    work = "boot"


class ListSpaceConversations(Query[ConversationList]):
    """The public ones of a space, and mine."""

    space_id: Id


class CreateConversation(Command[ConversationCreated]):
    """Make a channel, a group or a direct. `NameTaken`, `IdInUse`."""

    pipelined = True
    id: Id | None = None
    kind: ConversationKind
    space_id: Id | None = None
    name: Name | None = None
    topic: Topic = ""
    visibility: Visibility | None = None
    members: Annotated[tuple[Id, ...], Field(max_length=1000)] = ()


class GetConversation(Query[ConversationFound]):
    """A conversation that I may read."""

    conversation_id: Id


class UpdateConversation(Command[ConversationFound]):
    """Change what is given."""

    pipelined = True
    conversation_id: Id
    name: Name | None = None
    topic: Topic | None = None
    visibility: Visibility | None = None
    default: bool | None = None
    archived: bool | None = None


class ArchiveConversation(Command[None]):
    """Archive it; it can still be read."""

    pipelined = True
    conversation_id: Id


class ListMembers(Query["ConversationMembers"]):
    """Who is in a conversation that I may read."""

    conversation_id: Id
    cursor: str | None = None
    limit: int | None = None


class ConversationMember(Model):
    """A person with their role in a conversation."""

    user: UserView
    role: ConversationRole
    joined_at: Moment


class ConversationMembers(Model):
    """A page of members, the longest in it first."""

    items: list[ConversationMember]
    next: str | None


class Join(Command[None]):
    """Come into a public channel of a space of mine."""

    pipelined = True
    conversation_id: Id


class Leave(Command[None]):
    """Leave a channel or group; the longest member follows its last owner."""

    pipelined = True
    conversation_id: Id


class AddMember(Command[None]):
    """Add a person of the space, or change their role."""

    pipelined = True
    conversation_id: Id
    user_id: Id
    role: ConversationRole | None = None


class RemoveMember(Command[None]):
    """Take a person out; their sockets are silent before the answer."""

    pipelined = True
    conversation_id: Id
    user_id: Id


class MarkRead(Command[None]):
    """Move my read mark forward or, with `force`, anywhere."""

    pipelined = True
    conversation_id: Id
    seq: Seq
    force: bool = False


class UpdateSettings(Command[None]):
    """My own settings of a conversation."""

    pipelined = True
    conversation_id: Id
    muted: bool


# --- told, outside the sequence ---------------------------------------------------------------------


class Added(Event):
    """People are in a conversation now, and hear it."""

    barrier = True

    conversation_id: Id
    user_ids: list[Id]


class ReadMoved(Event):
    """A read mark moved, or a count changed by an edit or a deletion."""

    user_id: Id
    conversation_id: Id
    seq: int
    head: int
    unread_count: int
    mention_count: int


class SettingsChanged(Event):
    """A person's own settings of a conversation."""

    user_id: Id
    conversation_id: Id
    muted: bool
