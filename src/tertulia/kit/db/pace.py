"""How fast the writer is, and so how long what waits for it will take."""

SMOOTHING = 0.3
"""The weight of the latest batch."""
BURST_SECONDS = 0.1
"""A queue whose oldest call has waited less is a burst: larger batches will make up for it."""
FEW = 32
"""A batch of fewer calls took as long as one of so many would have: nearly all of it was its commit."""


class Pace:
    """Tells the wait of a call from the number before it: Little's law, by the latest batches.

    A batch costs its commit once, so the few calls of a quiet moment say little of how many it could
    have taken: two people on a slow disk are no jam. That is why the number counts only once the oldest call
    has waited, and a small batch as one of `FEW`. Of the age of the oldest the half counts: nothing that
    goes well waits longer than for the batch before its own.
    """

    def __init__(self) -> None:
        self._seconds_each = 0.0

    def note(self, calls: int, seconds: float) -> None:
        """A batch of so many calls took so long."""
        each = seconds / max(calls, FEW)
        known = self._seconds_each
        self._seconds_each = each if not known else known + SMOOTHING * (each - known)

    def wait(self, calls: int, oldest: float) -> float:
        """The seconds until a call that stands behind so many is answered; `oldest` waits so long."""
        if oldest < BURST_SECONDS:
            return 0.0
        return max(oldest / 2, calls * self._seconds_each)
