"""The threads that read: one of them for what may wait, so that searches never take them all."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

from tertulia.kernel.errors import Overloaded
from tertulia.kit.metrics import READS_WAITING

R = TypeVar("R")

READERS, ASIDE = 4, 1
"""Threads for reads that somebody needs, and for those that are done aside."""


class Readers:
    """Reads in threads, each read in a transaction of its own.

    A read whose caller has given up while it waited is never begun.
    """

    def __init__(self, engine: Engine, *, most_waiting: int) -> None:
        self._engine = engine
        self._most = most_waiting
        self._under_way = 0
        self._main = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._aside = ThreadPoolExecutor(ASIDE, thread_name_prefix="reader-aside")
        READS_WAITING.set_function(lambda: self._under_way)

    async def read(self, view: Callable[[Connection], R], *, aside: bool = False) -> R:
        """What the view sees. `Overloaded` where as many wait as may."""
        if self._under_way >= self._most:
            raise Overloaded(retry_after=1)
        pool = self._aside if aside else self._main
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, self._read, view)
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """Finish what waits."""
        self._main.shutdown()
        self._aside.shutdown()

    def _read(self, view: Callable[[Connection], R]) -> R:
        with self._engine.connect() as connection, connection.begin():
            return view(connection)
