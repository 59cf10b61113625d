"""Commands of `conversations`: pages of the timeline, the log and what was missed."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass

from tertulia.client.commands.base import Command
from tertulia.client.models import MessagePage, Position
from tertulia.client.updates import CaughtUp, UpdatePage


@dataclass(frozen=True)
class ListMessages(Command[MessagePage], name="conversations.list_messages"):
    """Read a page of a conversation; without a position, the newest one with the conversation."""

    conversation_id: str
    _: KW_ONLY
    before: int | None = None
    after: int | None = None
    around: str | int | None = None
    limit: int | None = None


@dataclass(frozen=True)
class ListUpdates(Command[UpdatePage], name="conversations.list_updates"):
    """Read a conversation's log after a position; another history is refused as a resync."""

    conversation_id: str
    _: KW_ONLY
    after: int | None = None
    epoch: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class CatchUp(Command[CaughtUp], name="conversations.catch_up"):
    """Ask for exactly what was missed since these positions."""

    positions: Mapping[str, Position]
    _: KW_ONLY
    limit: int | None = None
