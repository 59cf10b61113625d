"""The socket commands of accounts, and what ends when a session does."""

from collections.abc import Sequence
from typing import Any

from tertulia.accounts.contract import (
    GetProfile,
    ListSessions,
    RevokeSession,
    SessionsRevoked,
    UpdateProfile,
)
from tertulia.kernel.messages import Request
from tertulia.kit.edge import Close, Reaction, session_room


def revoked_rooms(event: SessionsRevoked) -> Sequence[str]:
    """The connections of the sessions that ended."""
    return [session_room(session_id) for session_id in event.session_ids]


COMMANDS: tuple[type[Request[Any]], ...] = (
    ListSessions,
    RevokeSession,
    GetProfile,
    UpdateProfile,
)

REACTIONS: tuple[Reaction, ...] = (
    Close(SessionsRevoked, rooms=revoked_rooms, code="session_revoked", reconnect=False),
)
