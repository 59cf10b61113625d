"""The views of the protocol, as frozen models that ignore fields they do not know."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class View(BaseModel):
    """What every view has in common: it cannot be changed, and it tolerates newer servers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Page(View, Generic[T]):
    """Part of a list; `next` is the cursor of the following part, None at the end."""

    items: Sequence[T]
    next: str | None = None


class User(View):
    """A person, bot or guest as others see them; a removed one has kind `deleted` and no name."""

    id: str
    username: str | None = None
    display_name: str = ""
    avatar_url: str | None = None
    kind: str = "person"
    status: Any = None


class Profile(User):
    """One's own account."""

    email: str | None = None
    language: str | None = None
    time_zone: str | None = None
    administrator: bool = False


class Session(View):
    """A sign-in of one's own, on some device or program."""

    id: str
    created_at: datetime
    seen_at: datetime
    client: str | None = None
    current: bool = False


class SignedIn(View):
    """The answer to a sign-in, a registration or a set-up, with where that led to.

    Keep the token like a password.
    """

    token: str
    user: Profile
    space: "Space | None" = None
    conversation: "Conversation | None" = None


class SpaceIdentity(View):
    """What a space looks like from the door."""

    name: str
    kind: str
    wall: str


class Space(SpaceIdentity):
    """A team, a support desk or a class; `role` is one's own in it."""

    id: str
    member_count: int
    role: str | None = None
    created_at: datetime


class InvitedSpace(SpaceIdentity):
    """A space as an invite shows it to who may make invites."""

    id: str


class Member(View):
    """A person's place in a space or a conversation."""

    user: User
    role: str
    joined_at: datetime | None = None


class Invite(View):
    """A link by which people join a space with a role."""

    id: str
    code: str
    url: str
    space: InvitedSpace
    role: str
    uses: int
    max_uses: int | None = None
    expires_at: datetime | None = None


class Invitation(View):
    """What an invite shows to who has not accepted it yet."""

    space: SpaceIdentity
    role: str
    expires_at: datetime | None = None


class Reaction(View):
    """An emoji on a message; `user_ids` holds the first hundred people, and oneself always."""

    emoji: str
    count: int
    user_ids: Sequence[str]


class Message(View):
    """A message as it is now.

    `seq` is its place in the conversation's log; `number` counts the messages of the timeline and
    is None for system lines and for replies inside a thread. `text` is Markdown as typed, and a
    readable fallback for a `kind` that the reader does not know.
    """

    id: str
    conversation_id: str
    seq: int
    number: int | None = None
    author: User
    kind: str = "text"
    text: str = ""
    data: Mapping[str, Any] | None = None
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    undone: bool = False
    pinned_at: datetime | None = None
    reply_to: str | None = None
    thread_id: str | None = None
    also_in_channel: bool = False
    reply_count: int = 0
    attachments: Sequence[Any] = ()
    reactions: Sequence[Reaction] = ()
    mentions: Sequence[str] = ()

    def __str__(self) -> str:
        return f"{self.author.display_name}: {self.text}"


class Revision(View):
    """An earlier text of a message."""

    text: str
    at: datetime


class ConversationIdentity(View):
    """The part of a conversation that all its members share."""

    id: str
    kind: str
    space_id: str | None = None
    name: str | None = None
    topic: str | None = None
    visibility: str = "private"
    default: bool = False
    about: str | None = None
    member_count: int | None = None
    people: Sequence[User] | None = None
    created_at: datetime
    archived_at: datetime | None = None
    epoch: str = ""


class Conversation(ConversationIdentity):
    """A channel, group or direct as one sees it oneself; the counts are as of `head`."""

    head: int = 0
    messages: int = 0
    last_message: Message | None = None
    role: str | None = None
    muted: bool = False
    read: int = 0
    unread_count: int = 0
    mention_count: int = 0


class MessagePage(View):
    """A page of messages, ascending by `seq`, true as of `head`.

    The newest page (no position was asked for) is a snapshot and brings its `conversation`.
    """

    items: Sequence[Message]
    head: int
    epoch: str
    has_before: bool = False
    has_after: bool = False
    conversation: Conversation | None = None


class Thread(View):
    """A message and the replies in its thread."""

    root: Message
    items: Sequence[Message]
    has_after: bool = False


class Position(View):
    """How far a log was read: `seq` in the history named `epoch`."""

    epoch: str
    seq: int


class Head(View):
    """Where a conversation of one's own stands: its last update and one's own counts."""

    epoch: str
    head: int
    read: int = 0
    messages: int = 0
    unread_count: int = 0
    mention_count: int = 0


class Draft(View):
    """What I began to write in a conversation or a thread of it; an empty text is none."""

    conversation_id: str
    thread_id: str | None = None
    text: str
    version: int
    saved_at: datetime | None = None


class DraftPage(Page[Draft]):
    """A part of my drafts; one with a version up to `version` that is in no part is deleted."""

    version: int


class SavedMessage(View):
    """A message that I saved, as it is now; None where I may not read it any more."""

    message_id: str
    saved_at: datetime
    message: Message | None = None


class Reconnect(View):
    """How to wait between attempts: at random up to `base_ms * 2^n`, never above `max_ms`."""

    base_ms: int = 500
    max_ms: int = 60_000


class Limits(View):
    """The limits that a client needs; others are in `model_extra`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    text: int = 16_000
    file_bytes: int | None = None


class Server(View):
    """What a server says of itself to anybody."""

    name: str
    version: str
    protocol: int = 1
    features: Sequence[str] = ()
    setup_required: bool = False
    registration: str = "invite"
    guests: bool = False
    languages: Sequence[str] = ()
    limits: Limits = Field(default_factory=Limits)


class ServerIdentity(View):
    """What a server says of itself on a connection."""

    name: str = ""
    version: str = ""
    protocol: int = 1
    features: Sequence[str] = ()


class Ready(View):
    """`gateway.ready`: who one is on this connection, and where all one's conversations stand."""

    user: Profile | None = None
    session_id: str | None = None
    token: str | None = None
    server: ServerIdentity = Field(default_factory=ServerIdentity)
    heads: Mapping[str, Head] = Field(default_factory=dict[str, Head])
    reconnect: Reconnect = Field(default_factory=Reconnect)
