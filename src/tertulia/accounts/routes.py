"""The HTTP calls of accounts. Set-up, registration and other people's users are conversations'."""

from tertulia.accounts.contract import (
    GetProfile,
    ListSessions,
    RevokeSession,
    SignIn,
    UpdateProfile,
)
from tertulia.kit.edge import Route

ROUTES: tuple[Route, ...] = (
    Route("POST", "/sessions", SignIn, status=201, public=True, cookie="set"),
    Route("GET", "/sessions", ListSessions),
    Route("DELETE", "/sessions/{session_id}", RevokeSession, status=204, cookie="clear"),
    Route("GET", "/users/me", GetProfile, body="user"),
    Route("PATCH", "/users/me", UpdateProfile, body="user"),
)
