"""The words in which a service declares its HTTP routes, socket commands, rooms and broadcasts.

`routes.py` holds `ROUTES: tuple[Route, ...]`; `sockets.py` holds `COMMANDS: tuple[type[Request], ...]`
and `REACTIONS: tuple[Broadcast | Enter | Leave | Close, ...]`. The gateway does what they say,
in the order in which they are written.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tertulia.kernel.messages import Event, Request

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Route:
    """An HTTP call: path parameters, query and body together are the fields of the request."""

    method: Method
    path: str
    """Below `/api/v1`, with `{field}` for the fields that the path carries."""
    request: type[Request[Any]]
    status: int = 200
    """Of success. A result with `created: bool` answers 201 or 200 by it, where this says 201."""
    body: str | None = None
    """The noun of the result that is the whole body over HTTP."""
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Fields that this path stands for (`members/me`)."""
    public: bool = False
    """Whether it is answered without a credential."""
    cookie: Literal["set", "clear"] | None = None
    """Whether the answer's `token` becomes the session cookie, or the cookie goes."""


@dataclass(frozen=True)
class Broadcast:
    """Emit an event to rooms, the same bytes to everybody; without `payload`, the event itself."""

    on: type[Event]
    rooms: Callable[[Any], Sequence[str]]
    name: str | None = None
    """The socket event; without it, the event's own name."""
    payload: Callable[[Any], Mapping[str, Any]] | None = None
    skip: Callable[[Any], Sequence[str]] | None = None
    """Rooms whose connections do not hear it."""
    subject: Callable[[Any], Hashable] | None = None
    """For what may be lost: what it is about. Who is behind hears the last of each subject, later."""


@dataclass(frozen=True)
class Enter:
    """Put the people's connections into rooms, then tell each what it now sees: `name {noun: …}`."""

    on: type[Event]
    people: Callable[[Any], Sequence[str]]
    rooms: Callable[[Any], Sequence[str]]
    name: str | None = None
    view: Callable[[Any], Request[Any]] | None = None
    """Asked on behalf of each person; its result is the payload."""


@dataclass(frozen=True)
class Leave:
    """Take the people's connections out of rooms, then tell them: `name payload`."""

    on: type[Event]
    people: Callable[[Any], Sequence[str]]
    rooms: Callable[[Any], Sequence[str]]
    name: str | None = None
    payload: Callable[[Any], Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class Close:
    """Say goodbye to the connections in rooms and close them."""

    on: type[Event]
    rooms: Callable[[Any], Sequence[str]]
    code: str
    reconnect: bool


Reaction = Broadcast | Enter | Leave | Close


@dataclass(frozen=True)
class Edge:
    """All that one service shows at the edge."""

    service: str
    routes: Sequence[Route] = ()
    commands: Sequence[type[Request[Any]]] = ()
    reactions: Sequence[Reaction] = ()


def user_room(user_id: str) -> str:
    """All connections of a person."""
    return f"user:{user_id}"


def session_room(session_id: str) -> str:
    """All connections of a session."""
    return f"session:{session_id}"


def space_room(space_id: str) -> str:
    """All connections of a space's people."""
    return f"space:{space_id}"


def conversation_room(conversation_id: str) -> str:
    """All connections that hear a conversation."""
    return f"conversation:{conversation_id}"


def conversation_of(room: str) -> str | None:
    """The conversation whose room it is."""
    kind, _, conversation_id = room.partition(":")
    return conversation_id if kind == "conversation" else None


def connection_room(connection_id: str) -> str:
    """One connection: a Socket.IO server keeps a room of that name for each."""
    return connection_id
