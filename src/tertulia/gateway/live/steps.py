"""The steps into which a reaction is taken apart: each is taken at once, and can be played again."""

from collections.abc import Hashable
from dataclasses import dataclass

from tertulia.gateway.live.connections import Arrival
from tertulia.realtime import RawJSON


@dataclass(slots=True)
class Tell:
    """Emit one event to rooms, the same bytes to everybody."""

    rooms: tuple[str, ...]
    name: str
    payload: RawJSON
    skip: tuple[str, ...] = ()
    subject: Hashable = None
    """Of what may be lost, what it is about: of one subject the last counts."""
    conversation_id: str | None = None
    seq: int = 0
    """For an update, its place in the log of its conversation."""

    def is_for(self, arrival: Arrival) -> bool:
        """Whether a connection that arrives hears it: not again what its heads contain."""
        known = arrival.positions.get(self.conversation_id or "", -1)
        return (
            arrival.hears(self.rooms)
            and not arrival.hears(self.skip)
            and (self.conversation_id is None or self.seq > known)
        )


@dataclass(slots=True)
class Bring:
    """Put the people's connections into rooms."""

    people: frozenset[str]
    rooms: tuple[str, ...]


@dataclass(slots=True)
class Take:
    """Take the people's connections out of rooms."""

    people: frozenset[str]
    rooms: tuple[str, ...]


Step = Tell | Bring | Take
