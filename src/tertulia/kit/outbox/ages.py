"""How old the rows of an event log are, which have no time of their own: as a process saw them come.

Times are seconds of any clock that does not go back.
"""

from bisect import bisect_left, bisect_right

MOST = 1024
"""Looks that are remembered; every second one is forgotten when there are more."""


class Ages:
    """When a log had come how far. Rows that were there before the first look count as from then."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._heads: list[int] = []

    def note(self, head: int, now: float) -> None:
        """The log has come to this position."""
        if not self._heads or head > self._heads[-1]:
            self._times.append(now)
            self._heads.append(head)
        if len(self._heads) > MOST:
            del self._times[1::2], self._heads[1::2]

    def age(self, position: int, now: float) -> float:
        """For how many seconds a row has been there at least; 0 for one that was not seen."""
        first = bisect_left(self._heads, position)
        return now - self._times[first] if first < len(self._heads) else 0.0

    def old(self, seconds: float, now: float) -> int:
        """Up to where rows have been there for so long; 0 where none has."""
        count = bisect_right(self._times, now - seconds)
        return self._heads[count - 1] if count else 0

    def forget(self, position: int) -> None:
        """Nobody asks any more for the age of a row up to here."""
        passed = max(0, bisect_right(self._heads, position) - 1)
        del self._times[:passed], self._heads[:passed]
