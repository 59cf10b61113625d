"""One moment of a SQLite file, read beside the server that writes it, or after one that crashed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine

from tertulia.kit.upkeep import Check, Difference, Facts

MOST_PROBLEMS = 100


@contextmanager
def snapshot(path: Path) -> Iterator[Connection]:
    """All that is read inside is of one moment. Writers go on; their log is not shortened meanwhile.

    Nothing is changed, as `leaving_no_trace` says. Raises SQLAlchemy's `DatabaseError`.
    """
    engine = create_engine(
        "sqlite+pysqlite://", creator=partial(open_for_reading, path), poolclass=NullPool
    )
    with leaving_no_trace(path), engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("BEGIN")
        yield connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; it opens its transactions itself. Raises `sqlite3.Error`."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)
    for pragma in ("query_only=ON", "temp_store=MEMORY", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def leaving_no_trace(path: Path) -> Iterator[None]:
    """Around `open_for_reading`: the file, its log, and what stands beside it are as they were.

    A connection that can write would, as the last one to close, bring the log that a crash left into
    the file and remove it; one that cannot leaves it, and at most makes its index (`-shm`) anew, which
    holds nothing of its own. But where there was no log it leaves an empty one.
    """
    write_ahead = path.with_name(f"{path.name}-wal")
    had_log = write_ahead.exists()
    try:
        yield
    finally:
        if not had_log and _is_empty(write_ahead):
            _close_last(path)


def _is_empty(file: Path) -> bool:
    try:
        return file.stat().st_size == 0
    except FileNotFoundError:
        return False


def _close_last(path: Path) -> None:
    """Let SQLite remove an empty log: it knows whether anybody uses it by now."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()


def _integrity(connection: Connection, _facts: Facts) -> Iterator[Difference]:
    """Pages, indexes and constraints, as SQLite itself finds them."""
    found = connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_PROBLEMS})")
    for (problem,) in found:
        if problem != "ok":
            yield Difference({}, problem, "ok")


def _foreign_keys(connection: Connection, _facts: Facts) -> Iterator[Difference]:
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Difference({"table": table, "rowid": row}, parent, None)


INTEGRITY = Check("database.integrity", _integrity)
FOREIGN_KEYS = Check("database.foreign_keys", _foreign_keys)
