"""What others may ask of presence, and what it tells them."""

from typing import Literal

from tertulia.kernel.clock import Moment
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Event, Model

State = Literal["online", "offline"]


class States(Model):
    """How each watched person is now."""

    states: dict[Id, State]


class Watch(Command[States]):
    """Replace the set of people whose changes this connection hears.

    `Invalid` above `limits.watched` people. Only those with whom the asker shares a space or a
    conversation are watched, and the asker; others read `offline`.
    """

    work = "optional"

    user_ids: list[Id]


class SetTyping(Command[None]):
    """Tell the others in a conversation that I am writing.

    `NotFound` unless this connection hears the conversation, which the gateway checks, who keeps the
    rooms; `RateLimited` above `limits.typing_per_second`.
    """

    work = "ephemeral"

    conversation_id: Id


class Connect(Command[None]):
    """A connection of the asker was opened; told by the gateway. Once more changes nothing.

    The id of a connection is never used again.
    """


class Disconnect(Command[None]):
    """A connection of the asker was closed; told by the gateway. Once more changes nothing."""


class Changed(Event):
    """A person came or went; for the connections that watch them. At most one a second for each."""

    user_id: Id
    state: State
    connection_ids: list[str]


class Typing(Event):
    """A person is writing until a moment, unless told again."""

    conversation_id: Id
    user_id: Id
    until: Moment
