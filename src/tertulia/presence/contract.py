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

    The id of a connection is never used again. With a gateway's id it counts only while that one says `Renew`.
    """

    gateway_id: Id | None = None


class Disconnect(Command[None]):
    """A connection of the asker was closed; told by the gateway. Once more changes nothing."""


class Changed(Event):
    """A person came or went; for the connections that watch them. At most one a second for each."""

    user_id: Id
    state: State
    connection_ids: list[str]
    number: int = 0
    """The next one after that of the change before, whomever it concerns."""


class Renewal(Model):
    """What presence knows of a gateway: all that it was told under this name, and nothing from before it."""

    keeping_id: Id
    number: int
    """Changes up to this one were heard, are in `missed`, or concern nobody there."""
    missed: list[Changed]


class Renew(Command[Renewal]):
    """Let the connections of a gateway count on; told by each gateway every few seconds.

    Where the answer has another name than the last one, presence began anew or forgot this gateway, which
    was silent for too long: the gateway says `Presume`, `Connect` and `Watch` again for everybody.
    """

    work = "ephemeral"

    gateway_id: Id
    keeping_id: Id | None = None
    """The last answer's name."""
    heard: int = 0
    """Changes up to this number need not be told again."""


class Presume(Command[None]):
    """Take people for online for a moment, unless more is known of them; told by a gateway.

    It has told its connections so. Who does not connect in that moment is told offline, so nobody stays
    online for ever because presence forgot who it was that went.
    """

    work = "ephemeral"

    user_ids: list[Id]


class Typing(Event):
    """A person is writing until a moment, unless told again."""

    conversation_id: Id
    user_id: Id
    until: Moment
