"""Who is connected: each connection with its person, found by either."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Arrival:
    """What a connection is to hear once it is here."""

    rooms: set[str]
    positions: dict[str, int] = field(default_factory=dict[str, int])
    """The head of each conversation as `gateway.ready` tells it."""

    def hears(self, rooms: Iterable[str]) -> bool:
        """Whether it is in one of the rooms."""
        return not self.rooms.isdisjoint(rooms)


@dataclass(eq=False, slots=True)
class Connection:
    """One connection of one person. Thousands are idle: it holds no more than it must."""

    id: str
    namespace: str
    actor: Actor
    arrival: Arrival | None
    """Until `gateway.ready` is sent: before it, nothing is told. Then its rooms are those of the server."""
    token: str = field(default="", repr=False)
    turns: Turns = field(default_factory=Turns)
    farewell: Farewell | None = None
    """Set once it is on its way out: from then on, nothing is told but that."""

    @property
    def live(self) -> bool:
        """Whether it hears what is told."""
        return self.arrival is None


class Connections:
    """The index of all connections of this process, those still arriving included."""

    def __init__(self) -> None:
        self._by_id: dict[str, Connection] = {}
        self._by_person: dict[str, tuple[Connection, ...]] = {}
        self._arriving: dict[Connection, None] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_id.values()))

    def find(self, connection_id: str) -> Connection | None:
        """The connection of an id, if it is here."""
        return self._by_id.get(connection_id)

    def add(self, connection: Connection) -> None:
        """From now on it is found by its id and its person, and it arrives."""
        self._by_id[connection.id] = connection
        self._by_person[connection.actor.id] = (*self.of_person(connection.actor.id), connection)
        self._arriving[connection] = None

    def remove(self, connection: Connection) -> None:
        """It is found no more."""
        if self._by_id.pop(connection.id, None) is None:
            return
        self._arriving.pop(connection, None)
        others = tuple(it for it in self.of_person(connection.actor.id) if it is not connection)
        if others:
            self._by_person[connection.actor.id] = others
        else:
            del self._by_person[connection.actor.id]

    def settle(self, connection: Connection) -> Arrival | None:
        """It is here: it arrives no more."""
        self._arriving.pop(connection, None)
        arrival, connection.arrival = connection.arrival, None
        return arrival

    def of_person(self, person_id: str) -> tuple[Connection, ...]:
        """All connections of a person."""
        return self._by_person.get(person_id, ())

    def of_people(self, people: Iterable[str]) -> list[Connection]:
        """All connections of these people."""
        return [connection for person in people for connection in self.of_person(person)]

    def awaited_rooms(self) -> set[str]:
        """The rooms that somebody is about to hear."""
        arrivals = (it.arrival for it in self._arriving)
        return {room for it in arrivals if it is not None for room in it.rooms}

    def arriving_in(self, rooms: Iterable[str]) -> list[Connection]:
        """Those who are about to hear one of the rooms."""
        return [it for it in self._arriving if it.arrival is not None and it.arrival.hears(rooms)]
