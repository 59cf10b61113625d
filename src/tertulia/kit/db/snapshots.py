"""One moment of a SQLite file, read beside the server that writes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from tertulia.kit.db.sqlite import open_engine
from tertulia.kit.upkeep import Check, Difference, Facts

MOST_PROBLEMS = 100


@contextmanager
def snapshot(path: Path) -> Iterator[Connection]:
    """All that is read inside is of one moment. Writers go on; their log is not shortened meanwhile."""
    engine = open_engine(path, read_only=True)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


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
