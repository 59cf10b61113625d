"""SQLite: WAL, `synchronous=FULL`, one writer thread with group commit, readers beside it."""

import asyncio
import itertools
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError, Internal, Overloaded, StorageFull
from tertulia.kit import failpoints
from tertulia.kit.db import AfterCommit, Call, Outcome, Unit
from tertulia.kit.db.pace import Pace
from tertulia.kit.db.readers import ASIDE, READERS, Readers
from tertulia.kit.metrics import BATCH_SIZE, COMMIT_SECONDS, ROLLED_BACK, WRITER_QUEUE

R = TypeVar("R")
log = structlog.get_logger(__name__)

_STORAGE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
_LOST_SYNC = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}
LOG_BYTES = 64 * 1024 * 1024
"""To what the write-ahead log shrinks again that grew while somebody read for long, as a backup does."""
EXIT_IO_ERROR = 74
"""As EX_IOERR of sysexits.h."""


def open_engine(path: Path, *, read_only: bool = False) -> Engine:
    """An engine whose connections are set up alike; each opens its transactions itself."""
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        poolclass=QueuePool,
        pool_size=READERS + ASIDE if read_only else 1,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _pragmas(read_only):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.connection.cursor().execute("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _pragmas(read_only: bool) -> Iterable[str]:
    yield from ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY")
    yield from ("cache_size=-65536", "secure_delete=ON", f"journal_size_limit={LOG_BYTES}")
    if read_only:
        yield "query_only=ON"


@dataclass(slots=True)
class _Job:
    unit: Unit
    call: Call
    future: asyncio.Future[Any]
    asked: float = 0.0
    """When, by `time.monotonic`."""
    outcome: Outcome = None


class Batches:
    """Runs jobs in their order on the one writing connection, and commits what waits at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, jobs: Sequence[_Job]) -> None:
        """Give every job its outcome. One transaction, or one each where that fails.

        Once there is no room for a job, those behind it are refused as well: a smaller message that
        still had room would overtake a larger one of the same sender.
        """
        try:
            with COMMIT_SECONDS.time():
                self._transact(jobs)
            BATCH_SIZE.observe(len(jobs))
        except Exception as failure:
            _die_of_lost_sync(failure)
            if len(jobs) == 1:
                jobs[0].outcome = _refusal(failure)
                return
            ROLLED_BACK.inc()
            self._run_each(jobs)

    def _run_each(self, jobs: Sequence[_Job]) -> None:
        refusal: StorageFull | None = None
        for job in jobs:
            if refusal is not None:
                job.outcome = refusal
                continue
            self.run([job])
            if isinstance(job.outcome, StorageFull):
                refusal = StorageFull(retry_after=job.outcome.retry_after)

    def _transact(self, jobs: Sequence[_Job]) -> None:
        with self._engine.connect() as connection:
            connection.info.pop("after_commit", None)
            failpoints.reach("before_tx")
            with connection.begin():
                for unit, run in itertools.groupby(jobs, key=lambda job: job.unit):
                    _carry_out(connection, unit, list(run))
                failpoints.reach("after_insert")
            _tell(lambda: failpoints.reach("after_commit_before_publish"))
            for callback in connection.info.pop("after_commit", ()):
                _tell(callback)


def _tell(callback: AfterCommit) -> None:
    try:
        callback()
    except Exception:
        log.exception("after_commit_failed")


def _carry_out(connection: Connection, unit: Unit, jobs: Sequence[_Job]) -> None:
    outcomes = unit(connection, [job.call for job in jobs])
    for job, outcome in zip(jobs, outcomes, strict=True):
        job.outcome = outcome


def _refusal(failure: Exception) -> AppError:
    refused = failure.__cause__
    if isinstance(refused, AppError):
        return refused
    if _is_storage(_of_driver(failure)):
        log.error("storage_failed", error=str(_of_driver(failure)))
        return StorageFull(retry_after=5)
    log.error("unit_failed", exc_info=failure)
    return Internal()


def _die_of_lost_sync(failure: Exception) -> None:
    """End the process where the disk failed to keep what was written.

    The system may have dropped the pages that it could not write and call the next attempt a success
    (fsyncgate, PostgreSQL 2018), so nothing here may try again.
    """
    error = _of_driver(failure)
    if getattr(error, "sqlite_errorcode", 0) in _LOST_SYNC:
        log.critical("sync_failed", error=str(error))
        os._exit(EXIT_IO_ERROR)


def _of_driver(failure: Exception) -> BaseException | None:
    """What the driver raised, whether SQLAlchemy was between or not."""
    return failure.orig if isinstance(failure, DBAPIError) else failure


def _is_storage(error: object) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, sqlite3.OperationalError) and code & 0xFF in _STORAGE


class SqliteDatabase:
    """A `Database` on one file. Writing and reading happen in threads: the loop stays free."""

    def __init__(
        self,
        path: Path,
        *,
        queue_limit: int = 10_000,
        most_reads: int = 10_000,
        deadline_seconds: float = 10,
    ) -> None:
        """`deadline_seconds`: what has waited longer for the writer is refused before its transaction."""
        self._writing = open_engine(path)
        self._reading = open_engine(path, read_only=True)
        self._batches = Batches(self._writing)
        self._queue: deque[_Job] = deque()
        self._running: Sequence[_Job] = ()
        self._pace = Pace()
        self._limit = queue_limit
        self._deadline = deadline_seconds
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._readers = Readers(self._reading, most_waiting=most_reads)
        WRITER_QUEUE.set_function(self._queue.__len__)

    def start(self) -> None:
        """Begin to write."""
        with self._writing.connect():
            self._thread.start()

    async def stop(self) -> None:
        """Finish what waits, then close."""
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)
        self._readers.close()
        self._reading.dispose()
        self._writing.dispose()

    @property
    def waiting(self) -> int:
        """How many calls wait for the writer."""
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
        """See `Database.write`."""
        if len(self._queue) >= self._limit or self._closing:
            raise Overloaded(retry_after=1)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue.append(_Job(unit, Call(request, actor), future, time.monotonic()))
        if not self._wake.is_set():  # the writer clears it before it looks at the queue
            self._wake.set()
        return await future

    async def read(self, view: Callable[[Connection], R], *, aside: bool = False) -> R:
        """See `Database.read`."""
        return await self._readers.read(view, aside=aside)

    def _run(self) -> None:
        while not (self._closing and not self._queue):
            self._wake.wait()
            self._wake.clear()
            while jobs := self._take():
                self._running = self._awaited(jobs)
                if self._running:
                    self._run_batch(self._running)
                self._running = ()
                _answer(jobs)

    def _run_batch(self, jobs: Sequence[_Job]) -> None:
        began = time.monotonic()
        self._batches.run(jobs)
        self._pace.note(len(jobs), time.monotonic() - began)

    def _take(self) -> list[_Job]:
        return [self._queue.popleft() for _ in range(len(self._queue))]

    def _awaited(self, jobs: Sequence[_Job]) -> Sequence[_Job]:
        """Those that somebody waits for still; the others are refused."""
        latest = time.monotonic() - self._deadline
        late = [job for job in jobs if job.asked < latest or job.future.cancelled()]
        for job in late:
            job.outcome = Overloaded(retry_after=1)
        return [job for job in jobs if job.outcome is None] if late else jobs


def _answer(jobs: Sequence[_Job]) -> None:
    for loop, group in itertools.groupby(jobs, key=lambda job: job.future.get_loop()):
        loop.call_soon_threadsafe(_resolve, list(group))


def _resolve(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if isinstance(job.outcome, AppError):
            job.future.set_exception(job.outcome)
        else:
            job.future.set_result(job.outcome)
