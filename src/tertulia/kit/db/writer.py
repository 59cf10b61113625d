"""The writer: a queue, and the thread that takes whatever waits in it and answers all of it at once."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakSet

from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Overloaded
from tertulia.kit.db import Call, Unit
from tertulia.kit.db.batches import Job, answer
from tertulia.kit.db.pace import Pace
from tertulia.kit.metrics import WRITER_QUEUE


class Writer:
    """The thread in which a database is written; `run` gives a batch of jobs their outcomes."""

    def __init__(
        self,
        run: Callable[[Sequence[Job]], None],
        *,
        queue_limit: int,
        deadline_seconds: float,
    ) -> None:
        """`deadline_seconds`: what has waited longer is refused before its transaction."""
        self._run_jobs = run
        self._queue: deque[Job] = deque()
        self._running: Sequence[Job] = ()
        self._pace = Pace()
        self._limit = queue_limit
        self._deadline = deadline_seconds
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        _writers.add(self)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    async def stop(self) -> None:
        """Take nothing more, and finish what waits."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return len(self._queue)

    @property
    def wait(self) -> float:
        """The seconds after which a call that is made now is answered; 0 where there is no jam."""
        try:
            oldest = (self._running or self._queue)[0].asked
        except IndexError:
            return 0.0
        calls = len(self._running) + len(self._queue)
        return self._pace.wait(calls, time.monotonic() - oldest)

    async def write(self, unit: Unit, request: Any, actor: Actor) -> Any:
        """The outcome of one call. Nothing suspends before it stands in the queue."""
        if len(self._queue) >= self._limit or self._closing:
            raise Overloaded(retry_after=1)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append(Job(unit, Call(request, actor), future, time.monotonic()))
        if not self._wake.is_set():  # the writer clears it before it looks at the queue
            self._wake.set()
        return await future

    def _run(self) -> None:
        while not (self._closing and not self._queue):
            self._wake.wait()
            self._wake.clear()
            while jobs := self._take():
                self._running = self._awaited(jobs)
                if self._running:
                    self._run_batch(self._running)
                self._running = ()
                answer(jobs)

    def _run_batch(self, jobs: Sequence[Job]) -> None:
        began = time.monotonic()
        self._run_jobs(jobs)
        self._pace.note(len(jobs), time.monotonic() - began)

    def _take(self) -> list[Job]:
        return [self._queue.popleft() for _ in range(len(self._queue))]

    def _awaited(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """Those that somebody waits for still; the others are refused."""
        latest = time.monotonic() - self._deadline
        late = [job for job in jobs if job.asked < latest or job.future.cancelled()]
        for job in late:
            job.outcome = Overloaded(retry_after=1)
        return [job for job in jobs if job.outcome is None] if late else jobs


_writers: WeakSet[Writer] = WeakSet()
WRITER_QUEUE.set_function(lambda: sum(writer.waiting for writer in list(_writers)))
