"""SQLite: WAL, `synchronous=FULL`, one writer thread with group commit, readers beside it."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import ReadOnly
from tertulia.kit.db import Unit
from tertulia.kit.db.batches import Batches, Refused, of_driver
from tertulia.kit.db.marks import check_takes_changes
from tertulia.kit.db.readers import ASIDE, READERS, Readers
from tertulia.kit.db.writer import Writer

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


class SqliteBatches(Batches):
    """Batches on a file, whose disk may be full, may lose what it was given, or may take no changes."""

    @contextmanager
    def _transaction(self, connection: Connection) -> Iterator[None]:
        with connection.begin():
            try:
                check_takes_changes(connection)
            except ReadOnly as refusal:
                raise Refused(refusal) from refusal
            yield

    def _check(self, failure: Exception) -> None:
        _die_of_lost_sync(failure)

    def _is_storage(self, error: BaseException) -> bool:
        code = getattr(error, "sqlite_errorcode", 0)
        return isinstance(error, sqlite3.OperationalError) and code & 0xFF in _STORAGE


def _die_of_lost_sync(failure: Exception) -> None:
    """End the process where the disk failed to keep what was written.

    The system may have dropped the pages that it could not write and call the next attempt a success
    (fsyncgate, PostgreSQL 2018), so nothing here may try again.
    """
    error = of_driver(failure)
    if getattr(error, "sqlite_errorcode", 0) in _LOST_SYNC:
        log.critical("sync_failed", error=str(error))
        os._exit(EXIT_IO_ERROR)


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
        self._writer = Writer(
            SqliteBatches(self._writing).run,
            queue_limit=queue_limit,
            deadline_seconds=deadline_seconds,
        )
        self._readers = Readers(self._reading, most_waiting=most_reads)

    def start(self) -> None:
        """Begin to write."""
        with self._writing.connect():
            self._writer.start()

    async def stop(self) -> None:
        """Finish what waits, then close."""
        await self._writer.stop()
        self._readers.close()
        self._reading.dispose()
        self._writing.dispose()

    @property
    def waiting(self) -> int:
        """How many calls wait for the writer."""
        return self._writer.waiting

    @property
    def wait(self) -> float:
        """The seconds after which a call that is made now is answered; 0 where there is no jam."""
        return self._writer.wait

    async def write(self, unit: Unit, request: Any, actor: Actor) -> Any:
        """See `Database.write`."""
        return await self._writer.write(unit, request, actor)

    async def read(self, view: Callable[[Connection], R], *, aside: bool = False) -> R:
        """See `Database.read`."""
        return await self._readers.read(view, aside=aside)
