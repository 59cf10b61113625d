"""What is told while a connection arrives: kept, and played to it once it has said where it stands.

A connection takes its place here *before* it reads the heads of its conversations. So every update
after those heads is either told live or played from here, with no seam between.
"""

from typing import Generic, TypeVar

Step = TypeVar("Step")


class Arrivals(Generic[Step]):
    """The steps told since the earliest arrival that is under way; nothing while there is none."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._first = 0
        """The position of the first step that is kept."""
        self._began: dict[str, int] = {}
        """By connection, in the order of beginning: the earliest comes first."""

    def __len__(self) -> int:
        """How many arrivals are under way."""
        return len(self._began)

    def begin(self, connection_id: str) -> None:
        """From now on, keep what is told."""
        self._began[connection_id] = self._first + len(self._steps)

    def told(self, step: Step) -> None:
        """Something was told to those who are here already."""
        if self._began:
            self._steps.append(step)

    def end(self, connection_id: str) -> list[Step]:
        """What was told since the arrival began, in order; what nobody needs any more is dropped."""
        began = self._began.pop(connection_id, None)
        if began is None:
            return []
        missed = self._steps[began - self._first :]
        earliest = next(iter(self._began.values()), self._first + len(self._steps))
        del self._steps[: earliest - self._first]
        self._first = earliest
        return missed
