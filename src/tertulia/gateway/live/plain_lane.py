"""The plain lane: `message` with one string, in and out, for a first client in any language."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from tertulia.conversations.contract.conversations import GetHeads
from tertulia.conversations.contract.messages import PostMessage
from tertulia.conversations.contract.updates import MessagePosted
from tertulia.gateway.live.commands import Answer, Commands
from tertulia.gateway.live.connections import Connection
from tertulia.gateway.validation import printable
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError, FieldError, Invalid, Malformed, NotFound
from tertulia.kernel.ids import new_id
from tertulia.kit.bus import Bus
from tertulia.kit.edge import Broadcast

MESSAGE = "message"


def guest_room(conversation_id: str) -> str:
    """The guests who hear a conversation."""
    return f"guests:{conversation_id}"


def _guests(event: MessagePosted) -> Sequence[str]:
    return [guest_room(event.conversation_id)]


def _line(event: MessagePosted) -> Any:
    return f"{event.message.author.display_name}: {event.message.text}"


REACTIONS = (Broadcast(MessagePosted, rooms=_guests, name=MESSAGE, payload=_line),)
"""Guests hear each new message once more, as one line that needs no reading of JSON."""


class PlainLane:
    """Posts what comes by `message` to the plaza, whoever says it."""

    def __init__(self, bus: Bus, commands: Commands) -> None:
        self._bus = bus
        self._commands = commands
        self._plaza: str | None = None

    async def find_plaza(self) -> None:
        """The plaza is the one conversation that a guest on this machine is in, where guests are let in."""
        guest = Actor(id=new_id(), kind="guest", local=True)
        with suppress(AppError):
            heads = await self._bus.ask(GetHeads(), guest)
            self._plaza = next(iter(heads.heads), None)

    async def answer(self, connection: Connection, arguments: Sequence[Any]) -> Answer:
        """Post it. The acknowledgement is that of `post_message`."""
        if self._plaza is None:
            await self.find_plaza()
        return await self._commands.answered(connection, PostMessage, self._fields_of(arguments))

    def _fields_of(self, arguments: Sequence[Any]) -> Callable[[], dict[str, Any]]:
        def fields() -> dict[str, Any]:
            if self._plaza is None:
                raise NotFound
            return {"conversation_id": self._plaza, **_said(arguments)}

        return fields


def _said(arguments: Sequence[Any]) -> dict[str, Any]:
    match arguments:
        case [str() as text]:
            return {"text": text}
        case [dict() as said]:
            _check_names(said)
            return said
        case _:
            raise Malformed('A message is a string or {"text": …}.')


def _check_names(said: dict[str, Any]) -> None:
    unknown = [name for name in said if name not in {"id", "text"}]
    if unknown:
        errors = [FieldError(printable(str(name)), "unknown_field", "unknown") for name in unknown]
        raise Invalid(errors=errors)
