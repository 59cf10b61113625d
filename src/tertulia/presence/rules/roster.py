"""Who is online: a person with a connection, and for a moment after the last one went.

Times are seconds of any clock that does not go back.
"""

import heapq
from collections import OrderedDict
from dataclasses import dataclass, field
from math import inf

from tertulia.presence.contract import State

GRACE = 4.0
"""Seconds for which who left may come back unnoticed, as by loading a page anew."""
PAUSE = 1.0
"""Seconds at least between two changes of a person that are told."""
PRESUMED = 10.0
"""Seconds for which people are taken for online who were, before anything is known of them."""
CLOSED = 10_000
"""Closed connections that are remembered, because news of them may come late."""


@dataclass(slots=True)
class _Person:
    connections: set[str] = field(default_factory=set[str])
    leaves_at: float = -inf
    told: State = "offline"
    told_at: float = -inf

    def is_here(self, now: float) -> bool:
        return bool(self.connections) or now < self.leaves_at


class Roster:
    """The connections of all people, and what was last told of each."""

    def __init__(self) -> None:
        self._people: dict[str, _Person] = {}
        self._owners: dict[str, str] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._due: list[tuple[float, str]] = []

    def connect(self, connection_id: str, user_id: str, now: float) -> bool:
        """A connection of a person was opened; whether that is new, and it is not closed already."""
        if connection_id in self._owners or connection_id in self._closed:
            return False
        self._owners[connection_id] = user_id
        self._people.setdefault(user_id, _Person()).connections.add(connection_id)
        self._plan(user_id, now)
        return True

    def disconnect(self, connection_id: str, now: float) -> None:
        """A connection was closed."""
        self._remember_closed(connection_id)
        self.lose(connection_id, now)

    def lose(self, connection_id: str, now: float) -> None:
        """A connection counts no more, for nothing was heard of it; it may be opened again."""
        user_id = self._owners.pop(connection_id, None)
        if user_id is None:
            return
        person = self._people[user_id]
        person.connections.discard(connection_id)
        if not person.connections:
            person.leaves_at = now + GRACE
            self._plan(user_id, person.leaves_at)

    def presume(self, user_id: str, now: float) -> None:
        """Watchers were told that a person is online: what is told next is that they went, if they did."""
        person = self._people.setdefault(user_id, _Person())
        if not person.is_here(now):
            person.told, person.leaves_at = "online", now + PRESUMED
            self._plan(user_id, person.leaves_at)

    def may_hear(self, connection_id: str, user_id: str) -> bool:
        """Whether this is a connection of the person, open or about to be."""
        owner = self._owners.get(connection_id, user_id)
        return owner == user_id and connection_id not in self._closed

    def state(self, user_id: str) -> State:
        """What was last told of a person: who asks now hears every change after it."""
        person = self._people.get(user_id)
        return "offline" if person is None else person.told

    def advance(self, now: float) -> dict[str, State]:
        """The people of whom a change is to be told now, and their new states."""
        changes: dict[str, State] = {}
        while self._due and self._due[0][0] <= now:
            _, user_id = heapq.heappop(self._due)
            if self._settle(user_id, now):
                changes[user_id] = self.state(user_id)
        return changes

    @property
    def next_due(self) -> float | None:
        """When to call `advance` next."""
        return self._due[0][0] if self._due else None

    def _settle(self, user_id: str, now: float) -> bool:
        """Bring what is told of a person up to date; whether it changed."""
        person = self._people.get(user_id)
        if person is None:
            return False
        here = person.is_here(now)
        if here == (person.told == "online"):
            self._forget(user_id, person, now)
            return False
        if now < person.told_at + PAUSE:
            self._plan(user_id, person.told_at + PAUSE)
            return False
        person.told, person.told_at = "online" if here else "offline", now
        if not here:
            self._plan(user_id, now + PAUSE)
        return True

    def _remember_closed(self, connection_id: str) -> None:
        self._closed[connection_id] = None
        if len(self._closed) > CLOSED:
            self._closed.popitem(last=False)

    def _forget(self, user_id: str, person: _Person, now: float) -> None:
        if person.told == "offline" and now >= person.told_at + PAUSE:
            del self._people[user_id]

    def _plan(self, user_id: str, moment: float) -> None:
        heapq.heappush(self._due, (moment, user_id))
