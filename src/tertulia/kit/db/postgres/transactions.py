"""Transactions on PostgreSQL: run again where that is safe, refused where nobody knows the outcome."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.engine import RootTransaction

from tertulia.kernel.errors import AppError, Overloaded, Unavailable
from tertulia.kit.db.batches import Batches, Job, Refused
from tertulia.kit.db.postgres.faults import is_lost, is_slow, is_storage, may_run_again
from tertulia.kit.db.postgres.sessions import Away, session_of
from tertulia.kit.db.readers import Readers

R = TypeVar("R")
ATTEMPTS = 3
RETRY_SECONDS = 1.0
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""All that a view sees is of one moment, as on SQLite."""
log = structlog.get_logger(__name__)


def write(service: str) -> str:
    """What opens a writing transaction: it is the only one of its service, whatever process it is of.

    What it reads afterwards is later than the lock, so it sees all that was committed before.
    """
    return f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({key(service)})"


def key(service: str) -> int:
    """The lock of a service; the upper half keeps it apart from what others lock in the database."""
    return zlib.crc32(b"tertulia") << 31 | zlib.crc32(service.encode())


class PostgresBatches(Batches):
    """Batches whose transaction may be lost on the way.

    Lost before its COMMIT it runs again on another connection: nothing of it is there. Lost while COMMIT
    is under way nobody knows, and its calls are refused as `Unavailable`: who named what he creates asks
    again and finds out, and what has no name must not be done twice.
    """

    def _transact(self, jobs: Sequence[Job]) -> None:
        try:
            _repeated(lambda: super(PostgresBatches, self)._transact(jobs))
        except Away as failure:
            raise Refused(Unavailable(retry_after=RETRY_SECONDS)) from failure

    def _transaction(self, connection: Connection) -> AbstractContextManager[object]:
        return _transaction(connection)

    def _is_storage(self, error: BaseException) -> bool:
        return is_storage(error)

    def _refusal(self, failure: Exception) -> AppError:
        if is_slow(failure):
            log.error("unit_too_slow", exc_info=failure)
            return Overloaded(retry_after=RETRY_SECONDS)
        if may_run_again(failure):
            log.error("unit_interrupted", exc_info=failure)
            return Unavailable(retry_after=RETRY_SECONDS)
        return super()._refusal(failure)


class PostgresReaders(Readers):
    """Readers that read again where a connection is lost, and refuse where there is none."""

    def _read(self, view: Callable[[Connection], R]) -> R:
        try:
            return _repeated(lambda: self._read_once(view))
        except Refused as failure:
            raise failure.refusal from failure
        except Exception as failure:
            if isinstance(failure, Away) or may_run_again(failure):
                raise Unavailable(retry_after=RETRY_SECONDS) from failure
            if is_slow(failure):
                raise Overloaded(retry_after=RETRY_SECONDS) from failure
            raise

    def _read_once(self, view: Callable[[Connection], R]) -> R:
        with self._engine.connect() as connection, _transaction(connection):
            return view(connection)


def _repeated(act: Callable[[], R]) -> R:
    for _ in range(ATTEMPTS - 1):
        try:
            return act()
        except Exception as failure:
            if not may_run_again(failure):
                raise
            log.warning("transaction_repeated", reason=type(failure).__name__)
    return act()


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    """Raises `Refused` where the connection is lost while the end of the transaction is under way."""
    with _letting_go(connection):
        transaction = connection.begin()
        try:
            yield
        except BaseException:
            _roll_back(transaction)
            raise
        _commit(transaction)


def _roll_back(transaction: RootTransaction) -> None:
    with suppress(Exception):  # what is lost is rolled back, and what went wrong is told already
        transaction.rollback()


def _commit(transaction: RootTransaction) -> None:
    try:
        transaction.commit()
    except Exception as failure:
        if not is_lost(failure):
            raise
        log.warning("outcome_unknown", exc_info=failure)
        raise Refused(Unavailable(retry_after=RETRY_SECONDS)) from failure


@contextmanager
def _letting_go(connection: Connection) -> Iterator[None]:
    """Where the connection is lost, it goes from the pool, and those of its age with it."""
    try:
        yield
    except BaseException as failure:
        lost = failure.__cause__ if isinstance(failure, Refused) else failure
        if isinstance(lost, Exception) and is_lost(lost):
            if not connection.invalidated:  # SQLAlchemy may have seen it itself
                session_of(connection).close()
                connection.invalidate()
            connection.engine.dispose()
        raise
