"""Where messages are kept, with their ids, until the server has them."""

from collections.abc import Sequence
from typing import Protocol

from tertulia.client.commands.messages import PostMessage


class Outbox(Protocol):
    """Keeps what is unsent, in order. One that outlives the program makes sending survive it."""

    def keep(self, message: PostMessage) -> None:
        """Keep a message; the same id twice is one message."""
        ...

    def drop(self, message_id: str) -> None:
        """Let go of a message that was acknowledged, refused for good or withdrawn."""
        ...

    def list_unsent(self) -> Sequence[PostMessage]:
        """List what is kept, in the order it was written."""
        ...


class MemoryOutbox:
    """An outbox that lives as long as the program."""

    def __init__(self) -> None:
        self._messages: dict[str, PostMessage] = {}

    def keep(self, message: PostMessage) -> None:
        """Keep a message; the same id twice is one message."""
        self._messages.setdefault(message.id, message)

    def drop(self, message_id: str) -> None:
        """Let go of a message."""
        self._messages.pop(message_id, None)

    def list_unsent(self) -> Sequence[PostMessage]:
        """List what is kept, in the order it was written."""
        return tuple(self._messages.values())
