"""The log: every change that the members of a conversation can see, as an update with its `seq`."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.conversations import (
    ConversationRole,
    ConversationShared,
    ConversationView,
    Head,
    Seq,
)
from tertulia.conversations.contract.messages import MessageView
from tertulia.kernel.clock import Moment, rfc3339
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Event, Model, Query, made_once, snake


class Update(Event):
    """What every update has. On the wire `type` is the class's name in snake case.

    A part that is None does not apply and is left out.
    """

    conversation_id: Id
    seq: int
    type: str = ""
    at: Moment
    actor_id: Id

    @property
    def topic(self) -> str:
        """Its conversation."""
        return self.conversation_id

    @model_serializer(mode="wrap")
    def without_absent_parts(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields that apply, with the type."""
        parts = {key: value for key, value in handler(self).items() if value is not None}
        return {**parts, "type": snake(type(self).__name__)}


class MessagePosted(Update):
    """A message was posted; in a thread also the root's `reply_count`."""

    message: MessageView
    reply_count: int | None = None

    @made_once
    def encoded(self) -> bytes:
        """The same JSON as that of any update, around the message's own, which is made once for all."""
        head = (
            f'{{"conversation_id":"{self.conversation_id}","seq":{self.seq},"type":"message_posted",'
            f'"at":"{rfc3339(self.at)}","actor_id":"{self.actor_id}","message":'
        )
        count = "" if self.reply_count is None else f',"reply_count":{self.reply_count}'
        return b"%b%b%b}" % (head.encode(), self.message.encoded, count.encode())


class MessageEdited(Update):
    """A message says something else."""

    message: MessageView


class MessageDeleted(Update):
    """A message is a tombstone; in a thread also the root's `reply_count`."""

    message_id: Id
    undone: bool
    thread_id: Id | None = None
    reply_count: int | None = None


class ReactionChanged(Update):
    """What both updates of a reaction say; `count` is the total of that emoji."""

    message_id: Id
    emoji: str
    user_id: Id
    count: int


class ReactionAdded(ReactionChanged):
    """Somebody reacted."""


class ReactionRemoved(ReactionChanged):
    """Somebody took a reaction back."""


class MessagePinned(Update):
    """A message was pinned; `message` is the system line."""

    message_id: Id
    message: MessageView


class MessageUnpinned(Update):
    """A message was unpinned; `message` is the system line."""

    message_id: Id
    message: MessageView


class MemberJoined(Update):
    """Somebody came in; `message` is the system line, none at default joins."""

    user: UserView
    role: ConversationRole
    member_count: int
    message: MessageView | None = None


class MemberLeft(Update):
    """Somebody left or was taken out: the last update they hear."""

    barrier = True

    user: UserView
    role: ConversationRole
    member_count: int
    message: MessageView | None = None


class MemberChanged(Update):
    """Somebody has another role."""

    user: UserView
    role: ConversationRole


class ConversationChanged(Update):
    """The shared part changed; `message` is the system line."""

    conversation: ConversationShared
    message: MessageView


UPDATES: tuple[type[Update], ...] = (
    MessagePosted,
    MessageEdited,
    MessageDeleted,
    ReactionAdded,
    ReactionRemoved,
    MessagePinned,
    MessageUnpinned,
    MemberJoined,
    MemberLeft,
    MemberChanged,
    ConversationChanged,
)


class MessagePage(Model):
    """A page of the timeline, ascending by `seq`, true as of `head`."""

    items: list[MessageView]
    head: int
    epoch: str
    has_before: bool
    has_after: bool
    conversation: ConversationView | None = None
    """With the snapshot: when neither `before`, `after` nor `around` was asked."""


class ListMessages(Query[MessagePage]):
    """A page of the timeline. `before` and `after` are exclusive; `around` is a message's id or `seq`."""

    conversation_id: Id
    before: int | None = None
    after: int | None = None
    around: Id | int | None = None
    limit: int | None = None


UpdateBody = Annotated[dict[str, Any], Field(json_schema_extra={"x-contract": "Update"})]
"""An update as it stands on the wire."""


_KINDS = {snake(kind.__name__): kind for kind in UPDATES}


def read_update(body: Mapping[str, Any]) -> Update:
    """The update that stands on the wire; of a kind that is not known here, what every update has.

    Raises `ValueError` for what is none.
    """
    kind = _KINDS.get(body["type"])
    if kind is not None:
        return kind.model_validate(body)
    return Update.model_validate({name: body[name] for name in Update.model_fields})


class UpdatePage(Model):
    """A page of the log, ascending."""

    items: list[UpdateBody]
    head: int
    epoch: str


class ListUpdates(Query[UpdatePage]):
    """The updates above a `seq`. `Resync` for another epoch or a `seq` above the head."""

    work = "resume"

    conversation_id: Id
    after: Seq = 0
    epoch: str | None = None
    limit: int | None = None


class Position(Model):
    """How far a client has come in a conversation."""

    epoch: str
    seq: Seq


MOST_HEADS = 500
"""Of how many logs the heads are asked at once."""


class LogHeads(Model):
    """Where logs end; a conversation that is not there is left out."""

    heads: dict[Id, Position]


class ListHeads(Query[LogHeads]):
    """Where these logs end, for who follows them on behalf of many; never asked at the edge.

    `Forbidden` to everybody but the system.
    """

    work = "resume"

    conversation_ids: Annotated[list[Id], Field(max_length=MOST_HEADS)]


class CaughtUp(Model):
    """What was missed, in order, conversation by conversation; `heads` covers all of mine."""

    heads: dict[Id, Head]
    updates: list[UpdateBody]
    resync: list[Id]
    gone: list[Id]
    more: bool


class CatchUp(Query[CaughtUp]):
    """Exactly what was missed above each position, or an explicit resync."""

    work = "resume"

    positions: dict[Id, Position]
    limit: int | None = None
