"""How long the answer to a change will take: Little's law, by those that are under way."""

import asyncio
from collections.abc import Callable
from typing import Protocol

BURST_SECONDS = 0.1
"""Where the oldest has been under way for less it is a burst, which is soon done."""
SAMPLE_SECONDS = 0.1
MEMORY = 0.8
"""Of what is known at a sample, what it still weighs at the next: a stall of a moment is not the pace."""
FEW = 32
"""Answers of a stretch, at least: a server that stands still has some pace all the same."""


class UnderWay(Protocol):
    """What has begun, in its order."""

    over: int
    """How many have ended."""

    def __len__(self) -> int:
        """How many have not."""
        ...

    def oldest(self, now: float) -> float:
        """For how many seconds the earliest has been under way; 0 if there is none."""
        ...


def _now() -> float:
    return asyncio.get_running_loop().time()


class Backlog:
    """Tells the wait of a change from the number of those that are not answered yet.

    What they wait for is mostly the loop: their commit is done, and their answers stand behind all that came
    meanwhile. That is seen neither in the writer's queue nor in the lag of one turn, since an answer takes
    several. The pace is that of the stretches in which there was more to do than was done.
    """

    def __init__(self, changes: UnderWay, now: Callable[[], float] = _now) -> None:
        """`now`: the time of the loop."""
        self._changes = changes
        self._now = now
        self._looked_at, self._over = 0.0, 0
        self._seconds, self._answers = 0.0, 0.0

    def wait(self) -> float:
        """The seconds until a change that comes now is answered; 0 where there is no jam."""
        now = self._now()
        oldest = self._changes.oldest(now)
        is_jam = oldest >= BURST_SECONDS
        if now - self._looked_at >= SAMPLE_SECONDS:
            self._sample(now, oldest if is_jam else 0.0)
        if not is_jam:
            return 0.0
        return max(oldest / 2, len(self._changes) * self._seconds / max(self._answers, FEW))

    def _sample(self, now: float, jam: float) -> None:
        """`jam`: the seconds since when there has been one; what was before it is not the pace."""
        over = self._changes.over
        if jam:
            self._seconds = MEMORY * self._seconds + min(now - self._looked_at, jam)
            self._answers = MEMORY * self._answers + over - self._over
        self._looked_at, self._over = now, over
