"""Calls on their way: what to send, and what to send again. A pure state machine.

Calls of one lane reach the server in the order they were made, over any number of connections.
They go out without waiting for each other; once one is refused for now, its lane waits, and then
sends one at a time until it is empty, so that a later one does not overtake it.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_numbers = itertools.count()


@dataclass(eq=False)
class Call:
    """One call, under its name on the wire."""

    name: str
    fields: Mapping[str, Any]
    lane: str
    refusals: int = 0
    in_flight: bool = False
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass
class Lane:
    """Calls that keep their order."""

    calls: dict[int, Call] = field(default_factory=dict[int, Call])
    waits: bool = False
    is_narrow: bool = False

    def take(self) -> list[Call]:
        """Take what may be sent now."""
        if self.waits:
            return []
        if self.is_narrow:
            first = next(iter(self.calls.values()))
            return _depart([first]) if not any(c.in_flight for c in self.calls.values()) else []
        return _depart([call for call in self.calls.values() if not call.in_flight])


class Calls:
    """All calls of a client that are not answered."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self._is_connected = False

    def add(self, call: Call) -> list[Call]:
        """Take a new call; answer what to send now."""
        lane = self._lanes.setdefault(call.lane, Lane())
        lane.calls[call.number] = call
        if not self._is_connected or lane.waits or lane.is_narrow:
            return []
        return _depart([call])

    def connected(self) -> list[Call]:
        """Note that there is a connection; answer everything that is unanswered, in order."""
        self._is_connected = True
        due = [call for lane in self._lanes.values() for call in lane.take()]
        return sorted(due, key=lambda call: call.number)

    def lost(self) -> None:
        """Note that the connection ended: what was on the way has an unknown outcome."""
        self._is_connected = False
        for lane in self._lanes.values():
            lane.waits = False
            for call in lane.calls.values():
                call.in_flight = False

    def settle(self, call: Call) -> list[Call]:
        """Let go of a call that was answered for good or withdrawn; answer what follows it."""
        lane = self._lanes.get(call.lane)
        if lane is None or lane.calls.pop(call.number, None) is None:
            return []
        if not lane.calls:
            del self._lanes[call.lane]
            return []
        return lane.take() if self._is_connected and lane.is_narrow else []

    def hold(self, call: Call) -> bool:
        """Keep a call that was refused for now; answer whether its lane begins to wait."""
        lane = self._lanes[call.lane]
        call.in_flight = False
        call.refusals += 1
        begins = not lane.waits
        lane.waits = lane.is_narrow = True
        return begins

    def resume(self, name: str) -> list[Call]:
        """End the wait of a lane; answer what to send now."""
        lane = self._lanes.get(name)
        if lane is None:
            return []
        lane.waits = False
        return lane.take() if self._is_connected else []


def _depart(calls: list[Call]) -> list[Call]:
    for call in calls:
        call.in_flight = True
    return calls
