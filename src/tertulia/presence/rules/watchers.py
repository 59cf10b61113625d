"""Who hears whom: the people that each connection watches.

A tie between a watcher and somebody watched is *sure* until one of them loses a place in which they
may have met; then it is silent until `settle` says whether they still see each other.
"""

from collections import defaultdict
from collections.abc import Collection


class Watchers:
    """The watched people of every connection."""

    def __init__(self) -> None:
        self._watched: dict[str, frozenset[str]] = {}
        self._owners: dict[str, str] = {}
        self._hearers: dict[str, dict[str, bool]] = {}
        self._connections: defaultdict[str, set[str]] = defaultdict(set)
        self.doubts = 0
        """How often anything was doubted: an answer that was asked for before is not to be trusted."""

    def watch(self, connection_id: str, owner: str, user_ids: Collection[str]) -> None:
        """Replace whom a connection of `owner` hears."""
        self.forget(connection_id)
        if user_ids:
            self._watched[connection_id] = frozenset(user_ids)
            self._owners[connection_id] = owner
            self._connections[owner].add(connection_id)
        for user_id in user_ids:
            self._hearers.setdefault(user_id, {})[connection_id] = True

    def forget(self, connection_id: str) -> None:
        """A connection hears nobody."""
        for user_id in self._watched.pop(connection_id, ()):
            self._drop(user_id, connection_id)
        owner = self._owners.pop(connection_id, None)
        if owner is not None:
            self._connections[owner].discard(connection_id)
            if not self._connections[owner]:
                del self._connections[owner]

    def tied(self, user_id: str) -> frozenset[str]:
        """The connections that watch a person, whether they surely may or not."""
        return frozenset(self._hearers.get(user_id, ()))

    def hearers(self, user_id: str) -> set[str]:
        """The connections that surely may hear of a person."""
        return {it for it, sure in self._hearers.get(user_id, {}).items() if sure}

    def doubtful(self, user_id: str) -> set[str]:
        """The people who watch a person and perhaps may not any more."""
        ties = self._hearers.get(user_id, {})
        return {self._owners[connection_id] for connection_id, sure in ties.items() if not sure}

    def doubt(self, user_id: str) -> None:
        """A person lost a place: all ties from and to them are unsure."""
        self.doubts += 1
        for connection_id in self._hearers.get(user_id, {}):
            self._question(user_id, connection_id)
        for connection_id in self._connections.get(user_id, ()):
            for other in self._watched[connection_id]:
                self._question(other, connection_id)

    def doubt_all(self) -> None:
        """Anybody may have lost a place."""
        self.doubts += 1
        for user_id, ties in self._hearers.items():
            for connection_id in ties:
                self._question(user_id, connection_id)

    def settle(self, user_id: str, watcher: str, *, sees: bool) -> None:
        """A watcher still sees a person, or hears of them no more."""
        for connection_id in self._connections.get(watcher, set()) & self.tied(user_id):
            if sees:
                self._hearers[user_id][connection_id] = True
            else:
                self._watched[connection_id] -= {user_id}
                self._drop(user_id, connection_id)

    def _question(self, user_id: str, connection_id: str) -> None:
        self._hearers[user_id][connection_id] = self._owners[connection_id] == user_id

    def _drop(self, user_id: str, connection_id: str) -> None:
        ties = self._hearers[user_id]
        del ties[connection_id]
        if not ties:
            del self._hearers[user_id]
