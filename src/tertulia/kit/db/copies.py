"""Copies of a SQLite file, and what is in them: rows counted and digested table by table."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tertulia.kit.db.snapshots import leaving_no_trace, open_for_reading

PAGES_AT_ONCE = 4_096
ROWS_AT_ONCE = 1_000
VERSIONS = "alembic_version_"


@dataclass(frozen=True, slots=True)
class Contents:
    """How many rows a table has, and the SHA-256 of them all in the order of its primary key."""

    rows: int
    sha256: str


def copy_database(source: Path, target: Path) -> None:
    """Write to `target` what `source` holds at this moment, whoever goes on writing it.

    One read transaction lasts as long as the copy: in WAL mode it makes nobody wait, and what is
    committed meanwhile belongs to the next copy. Not yet on stable storage when this returns.
    `source` stays as it is, with the log that a crash left.
    """
    with (
        leaving_no_trace(source),
        closing(open_for_reading(source)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        writing.execute("PRAGMA synchronous=OFF")
        reading.execute("BEGIN")
        reading.execute("SELECT 1 FROM sqlite_master").fetchone()  # the moment
        reading.backup(writing, pages=PAGES_AT_ONCE)


def read_contents(path: Path) -> dict[str, Contents]:
    """The contents of every table of a file that nobody writes."""
    with _unchanging(path) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        ).fetchall()
        return {name: _digest(connection, name) for (name,) in tables}


def read_revisions(path: Path) -> dict[str, str]:
    """The revision of each service's tables in a file that nobody writes."""
    with _unchanging(path) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'alembic_version_%'"
        ).fetchall()
        found = [
            (name.removeprefix(VERSIONS), revision)
            for (name,) in tables
            for (revision,) in connection.execute(f'SELECT version_num FROM "{name}"')  # noqa: S608 - the same
        ]
    return dict(found)


@contextmanager
def _unchanging(path: Path) -> Iterator[sqlite3.Connection]:
    """Read without leaving a trace beside the file."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield connection


def _digest(connection: sqlite3.Connection, table: str) -> Contents:
    rows, digest = 0, sha256()
    found = connection.execute(f'SELECT * FROM "{table}" ORDER BY {_key(connection, table)}')  # noqa: S608 - the file's own names
    while page := found.fetchmany(ROWS_AT_ONCE):
        rows += len(page)
        digest.update("".join(map(_line, page)).encode("ascii"))
    return Contents(rows, digest.hexdigest())


def _key(connection: sqlite3.Connection, table: str) -> str:
    columns = connection.execute(
        "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", (table,)
    ).fetchall()
    return ", ".join(f'"{name}"' for (name,) in columns) or "rowid"


def _line(row: tuple[object, ...]) -> str:
    """A row as one line that is the same wherever it is written."""
    return json.dumps(row, default=bytes.hex) + "\n"
