"""The threads that read: one of them for what may wait, so that searches never take them all."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection, Engine

from tertulia.kernel.errors import Overloaded
from tertulia.kit.metrics import READS_WAITING

R = TypeVar("R")

READERS, ASIDE = 4, 1
"""Threads for reads that somebody needs, and for those that are done aside."""
MOST_ASIDE = 256
"""Reads that may be under way aside."""
MOST_WAIT_SECONDS = 1.0
"""While the oldest read has waited longer for its thread, no more are taken on: they would come too late."""
RETRY_SECONDS = 1.0


class Readers:
    """Reads in threads, each read in a transaction of its own.

    A read whose caller has given up while it waited is never begun.
    """

    def __init__(self, engine: Engine, *, most_waiting: int) -> None:
        self._engine = engine
        self._main = _Pool(READERS, "reader", most_waiting)
        self._aside = _Pool(ASIDE, "reader-aside", min(MOST_ASIDE, most_waiting))
        READS_WAITING.set_function(lambda: self._main.under_way + self._aside.under_way)

    async def read(self, view: Callable[[Connection], R], *, aside: bool = False) -> R:
        """What the view sees. `Overloaded` where as many wait as may, or one for too long."""
        pool = self._aside if aside else self._main
        return await pool.run(lambda: self._read(view))

    def close(self) -> None:
        """Finish what waits."""
        self._main.close()
        self._aside.close()

    def _read(self, view: Callable[[Connection], R]) -> R:
        with self._engine.connect() as connection, connection.begin():
            return view(connection)


@dataclass(slots=True)
class _Place:
    """One read's place among those that wait."""

    asked: float
    waits: bool = True


class _Pool:
    """Threads, and what waits for one of them, in its order."""

    def __init__(self, threads: int, name: str, most: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = most
        self._places: deque[_Place] = deque()
        self.under_way = 0

    async def run(self, work: Callable[[], R]) -> R:
        """What the work returns. `Overloaded`, with nothing done, where it would wait too long."""
        now = time.monotonic()
        if self.under_way >= self._most or self._oldest(now) > MOST_WAIT_SECONDS:
            wait = RETRY_SECONDS * (1 + random.random())  # noqa: S311 - no secret
            raise Overloaded(retry_after=wait)
        place = _Place(now)
        self._places.append(place)
        self.under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, _begin, place, work
            )
        finally:
            place.waits = False
            self.under_way -= 1

    def close(self) -> None:
        self._threads.shutdown()

    def _oldest(self, now: float) -> float:
        """The seconds for which the oldest has waited for a thread."""
        places = self._places
        while places and not places[0].waits:
            places.popleft()
        return now - places[0].asked if places else 0.0


def _begin(place: _Place, work: Callable[[], R]) -> R:
    place.waits = False
    return work()
