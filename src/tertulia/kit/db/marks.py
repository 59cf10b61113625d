"""A mark in a SQLite file that says whether it takes changes: it is being moved elsewhere, or was.

It stands in the file's header (`PRAGMA user_version`), so it is set in a transaction as any change is, every
process sees it in the transaction that it is about to write in, and it goes wherever the file goes.
"""

import sqlite3
from contextlib import closing
from enum import IntEnum
from pathlib import Path

from sqlalchemy import Connection

from tertulia.kernel.errors import ReadOnly

RETRY_SECONDS = 5.0
BUSY_SECONDS = 30.0
"""How long setting a mark waits for a batch that is under way."""


class Mark(IntEnum):
    """What is said of a file."""

    NONE = 0
    MOVING = 1
    """A copy is being made: no changes until it is whole, or given up."""
    MOVED = 2
    """The copy has taken its place: no changes here any more."""


def check_takes_changes(connection: Connection) -> None:
    """Raises `ReadOnly` in a transaction of a file that is marked; asks in a few microseconds."""
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA user_version")
    if cursor.fetchone() != (Mark.NONE,):
        raise ReadOnly(retry_after=RETRY_SECONDS)


def unmark(connection: Connection) -> None:
    """Let the file take changes, from the end of this transaction on."""
    connection.connection.cursor().execute(f"PRAGMA user_version={Mark.NONE:d}")


def find_mark(path: Path) -> Mark:
    """What is said of a file, which is mended first where a crash left work. Raises `sqlite3.Error`."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        return Mark(connection.execute("PRAGMA user_version").fetchone()[0])


def set_mark(path: Path, mark: Mark) -> None:
    """Say it of a file, on stable storage: what commits later sees it. Raises `sqlite3.Error`."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA user_version={mark:d}")
        connection.execute("COMMIT")
