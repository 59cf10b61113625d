"""Where messages are kept, with their ids, until the server has them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from tertulia.client.commands.messages import PostMessage

NOT_SENT_AFTER = timedelta(seconds=30)
"""How long a message may take before its writer is told that it was not sent yet."""

Fate = Literal["sending", "not_sent", "failed"]


def now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Unsent:
    """A message that an outbox keeps.

    Attributes:
        message: What was written.
        since: When it was kept.
        refusal: The code with which the server refused it for good, if it did.
    """

    message: PostMessage
    since: datetime
    refusal: str | None = None

    @property
    def fate(self) -> Fate:
        """What to tell its writer: it is being sent, not sent for 30 s and tried again, or failed."""
        if self.refusal is not None:
            return "failed"
        return "sending" if now() - self.since < NOT_SENT_AFTER else "not_sent"


class Outbox(Protocol):
    """Keeps what is unsent, in order. One that outlives the program makes sending survive it.

    A client keeps a message before it sends it and drops it once it is acknowledged. One that was
    refused for good while nobody waited for it, since it is from an earlier run, has failed: it stays
    until it is dropped, or kept again with another text.
    """

    def keep(self, message: PostMessage) -> None:
        """Keep a message; the same id twice is one message, which is no longer failed.

        Raises:
            OutboxFull: It keeps as many as it may.
            OutboxUnavailable: It cannot keep anything now.
        """
        ...

    def drop(self, message_id: str) -> None:
        """Let go of a message, if it is there."""
        ...

    def fail(self, message_id: str, code: str) -> None:
        """Note that a message was refused for good."""
        ...

    def list_unsent(self) -> Sequence[Unsent]:
        """List what is kept, failed ones too, in the order it was written."""
        ...


class MemoryOutbox:
    """An outbox that lives as long as the program."""

    def __init__(self) -> None:
        self._unsent: dict[str, Unsent] = {}

    def keep(self, message: PostMessage) -> None:
        """Keep a message; the same id twice is one message, which is no longer failed."""
        known = self._unsent.get(message.id)
        if known is None or known.refusal is not None:
            self._unsent[message.id] = Unsent(message, now())

    def drop(self, message_id: str) -> None:
        """Let go of a message."""
        self._unsent.pop(message_id, None)

    def fail(self, message_id: str, code: str) -> None:
        """Note that a message was refused for good."""
        if known := self._unsent.get(message_id):
            self._unsent[message_id] = replace(known, refusal=code)

    def list_unsent(self) -> Sequence[Unsent]:
        """List what is kept, in the order it was written."""
        return tuple(self._unsent.values())
