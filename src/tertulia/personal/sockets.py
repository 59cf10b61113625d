"""The socket commands of personal, and who hears what changes: the person, elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from tertulia.kernel.messages import Request
from tertulia.kit.edge import Broadcast, Reaction, connection_room, user_room
from tertulia.personal.contract import DraftChanged, GetDraft, ListDrafts, SaveDraft

COMMANDS: tuple[type[Request[Any]], ...] = (SaveDraft, GetDraft, ListDrafts)


def _own(event: DraftChanged) -> Sequence[str]:
    return [user_room(event.user_id)]


def _saver(event: DraftChanged) -> Sequence[str]:
    return [] if event.connection_id is None else [connection_room(event.connection_id)]


def _what_changed(event: DraftChanged) -> Mapping[str, Any]:
    return event.model_dump(mode="json", include={"draft"})


REACTIONS: tuple[Reaction, ...] = (
    Broadcast(DraftChanged, rooms=_own, skip=_saver, payload=_what_changed),
)
