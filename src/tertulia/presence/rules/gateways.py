"""Which gateway has which connections, and which of them was not heard of for too long.

Times are seconds of any clock that does not go back.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

SILENT = 10.0
"""Seconds after which the connections of a gateway that says nothing count no more."""
STALL = 1.0
"""Who looks later than this after the moment was stopped itself, and has not listened."""


@dataclass(slots=True)
class _Gateway:
    keeping_id: str
    heard_at: float
    connections: set[str] = field(default_factory=set[str])


class Gateways:
    """All gateways that are heard of, by id."""

    def __init__(self) -> None:
        self._gateways: dict[str, _Gateway] = {}
        self._owners: dict[str, str] = {}

    def hear(self, gateway_id: str, now: float, fresh_id: str) -> str:
        """A gateway is there. The name of what is known of it: `fresh_id` where nothing was."""
        gateway = self._gateways.setdefault(gateway_id, _Gateway(fresh_id, now))
        gateway.heard_at = now
        return gateway.keeping_id

    def connect(self, connection_id: str, gateway_id: str) -> None:
        """A connection is one of a gateway that was heard."""
        self._owners[connection_id] = gateway_id
        self._gateways[gateway_id].connections.add(connection_id)

    def connections(self, gateway_id: str) -> Collection[str]:
        """Those of a gateway; none of one that is not known."""
        known = self._gateways.get(gateway_id)
        return known.connections if known is not None else ()

    def disconnect(self, connection_id: str) -> None:
        """A connection was closed."""
        owner = self._gateways.get(self._owners.pop(connection_id, ""))
        if owner is not None:
            owner.connections.discard(connection_id)

    def forget_silent(self, now: float) -> Collection[str]:
        """The connections of gateways that were silent for too long, which are known no more."""
        if self.next_due is not None and now > self.next_due + STALL:
            self._hear_all(now)
        silent = [it for it, known in self._gateways.items() if now >= known.heard_at + SILENT]
        lost = [it for gateway_id in silent for it in self._gateways.pop(gateway_id).connections]
        for connection_id in lost:
            del self._owners[connection_id]
        return lost

    @property
    def next_due(self) -> float | None:
        """When to call `forget_silent` next."""
        heard = min((it.heard_at for it in self._gateways.values()), default=None)
        return None if heard is None else heard + SILENT

    def _hear_all(self, now: float) -> None:
        """Give everybody the time again that nobody listened in."""
        for gateway in self._gateways.values():
            gateway.heard_at = now
