"""The socket commands of presence, and who hears what changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from tertulia.kernel.messages import Request
from tertulia.kit.edge import Broadcast, Reaction, connection_room, conversation_room, user_room
from tertulia.presence.contract import Changed, SetTyping, Typing, Watch


def watching(event: Changed) -> Sequence[str]:
    """The connections that watch the person."""
    return [connection_room(connection_id) for connection_id in event.connection_ids]


def what_changed(event: Changed) -> Mapping[str, Any]:
    """What a watcher is told: not who else watches."""
    return {"user_id": event.user_id, "state": event.state}


def listening(event: Typing) -> Sequence[str]:
    """Who hears the conversation."""
    return [conversation_room(event.conversation_id)]


def typist(event: Typing) -> Sequence[str]:
    """The person's own connections, who know."""
    return [user_room(event.user_id)]


COMMANDS: tuple[type[Request[Any]], ...] = (Watch, SetTyping)

REACTIONS: tuple[Reaction, ...] = (
    Broadcast(Changed, rooms=watching, payload=what_changed, subject=lambda it: it.user_id),
    Broadcast(
        Typing,
        rooms=listening,
        skip=typist,
        subject=lambda it: (it.conversation_id, it.user_id),
    ),
)
