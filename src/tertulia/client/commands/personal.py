"""The commands of the service `personal`: what only I see."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from tertulia.client.commands.base import Command
from tertulia.client.models import Draft, DraftPage, Page, SavedMessage


@dataclass(frozen=True)
class SaveDraft(Command[Draft], name="personal.save_draft", part="draft"):
    """Keep what I began to write, for all my devices; a text of white space deletes it.

    `version` is that of the last text seen there. Refused as `personal.draft_newer` when there is a later one.
    """

    conversation_id: str
    text: str
    _: KW_ONLY
    thread_id: str | None = None
    version: int = 0


@dataclass(frozen=True)
class GetDraft(Command[Draft], name="personal.get_draft", part="draft"):
    """Read what I began to write in a conversation or a thread; its text is empty where there is nothing."""

    conversation_id: str
    _: KW_ONLY
    thread_id: str | None = None


@dataclass(frozen=True)
class ListDrafts(Command[DraftPage], name="personal.list_drafts"):
    """List what I began to write, the last saved first."""

    _: KW_ONLY
    cursor: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class SaveMessage(Command[None], name="personal.save_message"):
    """Save a message for myself."""

    message_id: str


@dataclass(frozen=True)
class UnsaveMessage(Command[None], name="personal.unsave_message"):
    """Save a message no more."""

    message_id: str


@dataclass(frozen=True)
class ListSaved(Command[Page[SavedMessage]], name="personal.list_saved"):
    """List what I saved, the last saved first."""

    _: KW_ONLY
    cursor: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class ListSavedIds(Command[Sequence[str]], name="personal.list_saved_ids", part="message_ids"):
    """List the ids of all that I saved, the last saved first."""
