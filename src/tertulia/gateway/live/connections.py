"""Who is connected: each connection with its person and its rooms, found by any of the three."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tertulia.gateway.live.turns import Turns
from tertulia.kernel.actor import Actor

NAMESPACES = ("/", "/ws")
"""One and the same: JavaScript clients read the path of a URL as a namespace."""


@dataclass(frozen=True)
class Farewell:
    """Why a connection is closed, and whether its client should come back."""

    code: str
    reconnect: bool = True
    after_ms: int | None = None

    def payload(self) -> dict[str, Any]:
        """What `gateway.goodbye` carries."""
        after = {} if self.after_ms is None else {"after_ms": self.after_ms}
        return {"code": self.code, "reconnect": self.reconnect, **after}


@dataclass(eq=False, slots=True)
class Connection:
    """One connection of one person."""

    id: str
    namespace: str
    actor: Actor
    rooms: set[str]
    token: str = field(default="", repr=False)
    turns: Turns = field(default_factory=Turns)
    live: bool = False
    """Whether `gateway.ready` was sent: before it, nothing is told."""
    farewell: Farewell | None = None
    """Set once it is on its way out: from then on, nothing is told but that."""
    positions: dict[str, int] = field(default_factory=dict[str, int])
    """The head of each conversation as `gateway.ready` told it, until the connection is live."""

    def hears(self, rooms: Iterable[str]) -> bool:
        """Whether it is in one of the rooms."""
        return not self.rooms.isdisjoint(rooms)


class Connections:
    """The index of all connections of this process, those still arriving included."""

    def __init__(self) -> None:
        self._by_id: dict[str, Connection] = {}
        self._by_person: dict[str, set[Connection]] = defaultdict(set)
        self._by_room: dict[str, set[Connection]] = defaultdict(set)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_id.values()))

    def find(self, connection_id: str) -> Connection | None:
        """The connection of an id, if it is here."""
        return self._by_id.get(connection_id)

    def add(self, connection: Connection) -> None:
        """From now on it is found by its id, its person and its rooms."""
        self._by_id[connection.id] = connection
        self._by_person[connection.actor.id].add(connection)
        for room in connection.rooms:
            self._by_room[room].add(connection)

    def remove(self, connection: Connection) -> None:
        """It is found no more."""
        self._by_id.pop(connection.id, None)
        _discard(self._by_person, connection.actor.id, connection)
        for room in connection.rooms:
            _discard(self._by_room, room, connection)

    def enter(self, connection: Connection, rooms: Iterable[str]) -> None:
        """Put it into rooms."""
        for room in rooms:
            connection.rooms.add(room)
            self._by_room[room].add(connection)

    def leave(self, connection: Connection, rooms: Iterable[str]) -> None:
        """Take it out of rooms."""
        for room in rooms:
            connection.rooms.discard(room)
            _discard(self._by_room, room, connection)

    def of_person(self, person_id: str) -> list[Connection]:
        """All connections of a person."""
        return list(self._by_person.get(person_id, ()))

    def of_people(self, people: Iterable[str]) -> list[Connection]:
        """All connections of these people."""
        return [connection for person in people for connection in self.of_person(person)]

    def in_rooms(self, rooms: Iterable[str]) -> set[Connection]:
        """Those who are in one of the rooms, each once."""
        return {connection for room in rooms for connection in self._by_room.get(room, ())}


def _discard(index: dict[str, set[Connection]], key: str, connection: Connection) -> None:
    found = index.get(key)
    if found is not None:
        found.discard(connection)
        if not found:
            del index[key]
