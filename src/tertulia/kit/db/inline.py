"""SQLite with the writer in the loop's own thread, for runs that must come out the same each time."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event

from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Overloaded
from tertulia.kit.db import Call, Unit
from tertulia.kit.db.batches import Job, answer
from tertulia.kit.db.sqlite import SqliteBatches, open_engine

R = TypeVar("R")


class InlineDatabase:
    """A `Database` on one file, without a thread: what waits when its moment comes is one batch.

    A batch, and a read, takes `seconds()` of the loop's time and then happens in one step of the loop.
    What is written survives the process, not the machine: nothing waits for the disk.
    """

    def __init__(
        self,
        path: Path,
        *,
        queue_limit: int = 10_000,
        seconds: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._writing = open_engine(path)
        self._reading = open_engine(path, read_only=True)
        _sync_nothing(self._writing)
        self._batches = SqliteBatches(self._writing)
        self._queue: deque[Job] = deque()
        self._limit = queue_limit
        self._seconds = seconds
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False

    def start(self) -> None:
        """Begin to write: see that the file can be opened."""
        with self._writing.connect():
            pass

    async def stop(self) -> None:
        """Finish what waits, then close."""
        self._closing = True
        while self._queue or not self._idle.is_set():
            await self._idle.wait()
        self.abandon()

    def abandon(self) -> None:
        """End as a process that is killed does: what waits is never written, and nobody is answered."""
        self._closing = True
        self._queue.clear()
        self._reading.dispose()
        self._writing.dispose()

    @property
    def waiting(self) -> int:
        """How many calls wait for the writer."""
        return len(self._queue)

    async def write(self, unit: Unit, request: Any, actor: Actor) -> Any:
        """See `Database.write`."""
        if len(self._queue) >= self._limit or self._closing:
            raise Overloaded(retry_after=1)
        loop = asyncio.get_running_loop()
        job = Job(unit, Call(request, actor), loop.create_future())
        self._queue.append(job)
        self._begin(loop)
        return await job.future

    async def read(self, view: Callable[[Connection], R], *, aside: bool = False) -> R:
        """See `Database.read`."""
        await asyncio.sleep(self._seconds())
        with self._reading.connect() as connection, connection.begin():
            return view(connection)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._queue and self._idle.is_set():
            self._idle.clear()
            loop.call_later(self._seconds(), self._write_batch)

    def _write_batch(self) -> None:
        jobs = [job for job in self._queue if not job.future.cancelled()]
        self._queue.clear()
        self._finish(jobs)

    def _finish(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self._batches.run(jobs)
            answer(jobs)
        self._idle.set()
        self._begin(asyncio.get_running_loop())


def _sync_nothing(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def relax(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")
