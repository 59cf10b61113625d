"""What a person may ask of personal, and what it tells that person's connections."""

from typing import Annotated

from pydantic import Field

from tertulia.conversations.contract.messages import MessageView
from tertulia.kernel.clock import Moment
from tertulia.kernel.errors import Conflict
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Command, Event, Model, Query
from tertulia.kernel.text import DraftText

Version = Annotated[int, Field(ge=0)]
"""Of a person's drafts: each text that is saved or deleted gets one above all before it; 0 before the first."""


class DraftNewer(Conflict):
    """There is a text that this device has not seen: look at it, then save again."""

    code, detail = "personal.draft_newer", "There is a newer text than the one you have seen."


class DraftView(Model):
    """What somebody began to write in a conversation, or in a thread of it. Without text there is none."""

    conversation_id: Id
    thread_id: Id | None
    text: str
    version: int
    saved_at: Moment | None
    """Null where nothing was ever saved, or nothing is left of it."""


class DraftFound(Model):
    """A draft."""

    draft: DraftView


class DraftPage(Model):
    """A page of my drafts, the last saved first; it may hold fewer than asked for, and there be more."""

    items: list[DraftView]
    next: str | None
    version: int
    """The last that I was given: a text with a version up to here that is in no page is deleted."""


class SaveDraft(Command[DraftFound]):
    """Keep what I began to write, for all my devices; white space alone deletes it.

    `version` is that of the last text that this device has seen there: `DraftNewer` when there is a later one,
    and nothing is changed. `NotFound` where I may not read; `NotAMember` where I may not write. `Invalid`
    above `limits.drafts`.
    """

    conversation_id: Id
    thread_id: Id | None = None
    text: DraftText
    version: Version = 0


class GetDraft(Query[DraftFound]):
    """What I began to write there, without text where there is nothing. `NotFound` where I may not read."""

    conversation_id: Id
    thread_id: Id | None = None


class ListDrafts(Query[DraftPage]):
    """All my drafts in conversations that I am in."""

    work = "optional"

    cursor: str | None = None
    limit: int | None = None


class SavedView(Model):
    """A message that I saved, as it is now; null where I may not read it any more."""

    message_id: Id
    saved_at: Moment
    message: MessageView | None


class SavedPage(Model):
    """A page of what I saved, the last saved first."""

    items: list[SavedView]
    next: str | None


class SavedIds(Model):
    """The ids of all that I saved, the last saved first."""

    message_ids: list[Id]


class SaveMessage(Command[None]):
    """Save a message for myself. `NotFound` where I may not read; `MessageDeleted`; `Invalid` above `limits.saved`."""

    message_id: Id


class UnsaveMessage(Command[None]):
    """Save it no more."""

    pipelined = True
    message_id: Id


class ListSaved(Query[SavedPage]):
    """What I saved."""

    work = "optional"

    cursor: str | None = None
    limit: int | None = None


class ListSavedIds(Query[SavedIds]):
    """Which messages I saved, to mark them where they stand."""

    work = "optional"


# --- told -------------------------------------------------------------------------------------------


class DraftChanged(Event):
    """A draft was saved or deleted; for the person's other connections alone."""

    user_id: Id
    connection_id: str | None
    """The connection that saved it, which knows."""
    draft: DraftView


class MessageSaved(Event):
    """A message was saved; for the person's connections alone."""

    user_id: Id
    message_id: Id
    saved_at: Moment


class MessageUnsaved(Event):
    """A message is saved no more; for the person's connections alone."""

    user_id: Id
    message_id: Id
