"""The socket commands of personal, and who hears what changes: the person alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from tertulia.kernel.messages import Event, Request
from tertulia.kit.edge import Broadcast, Reaction, connection_room, user_room
from tertulia.personal.contract import (
    DraftChanged,
    GetDraft,
    ListDrafts,
    ListSaved,
    ListSavedIds,
    MessageSaved,
    MessageUnsaved,
    SaveDraft,
    SaveMessage,
    UnsaveMessage,
)

COMMANDS: tuple[type[Request[Any]], ...] = (
    SaveDraft,
    GetDraft,
    ListDrafts,
    SaveMessage,
    UnsaveMessage,
    ListSaved,
    ListSavedIds,
)


def _own(event: DraftChanged | MessageSaved | MessageUnsaved) -> Sequence[str]:
    return [user_room(event.user_id)]


def _saver(event: DraftChanged) -> Sequence[str]:
    return [] if event.connection_id is None else [connection_room(event.connection_id)]


def _without_person(event: Event) -> Mapping[str, Any]:
    return event.model_dump(mode="json", exclude={"user_id", "connection_id"})


REACTIONS: tuple[Reaction, ...] = (
    Broadcast(DraftChanged, rooms=_own, skip=_saver, payload=_without_person),
    Broadcast(MessageSaved, rooms=_own, payload=_without_person),
    Broadcast(MessageUnsaved, rooms=_own, payload=_without_person),
)
