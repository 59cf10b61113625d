"""An outbox in a file: what was written survives the program, and the machine."""

import json
import logging
import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Self

from tertulia.client.commands.messages import PostMessage
from tertulia.client.errors import OutboxFull, OutboxUnavailable
from tertulia.client.outbox import Unsent, now

LIMIT = 10_000
"""How many messages a file keeps at most, unless said otherwise."""
BUSY_SECONDS = 10.0
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS unsent (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        fields TEXT NOT NULL,
        since TEXT NOT NULL,
        refusal TEXT
    ) STRICT
"""
_KEEP = """
    INSERT INTO unsent (id, fields, since) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, since = excluded.since, refusal = NULL
    WHERE refusal IS NOT NULL
"""

_log = logging.getLogger("tertulia.client")


class FileOutbox:
    """An `Outbox` in a SQLite file that only its owner can read.

    Each call returns once its change is on stable storage. A file is for one account on one server;
    several processes and threads may use it at once: the server tells by its id what was sent twice.

    Attributes:
        set_aside: Where a damaged file was moved to when this one was opened, if one was: nothing of
            it is lost, and nothing of it is sent.
    """

    def __init__(self, path: str | os.PathLike[str], *, limit: int = LIMIT) -> None:
        """Open the file, or make it, with its folder.

        Args:
            path: Where it is.
            limit: How many messages it keeps at most.

        Raises:
            OSError: It cannot be made there.
            sqlite3.Error: It cannot be opened, although it is not damaged.
        """
        self.set_aside: Path | None = None
        self._path = Path(path)
        self._limit = limit
        self._lock = threading.Lock()
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._database = _open(self._path)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "") not in _DAMAGED:
                raise
            self.set_aside = _set_aside(self._path)
            _log.warning("The outbox %s is damaged; it is now %s", self._path, self.set_aside)
            self._database = _open(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what is unsent stays in it."""
        with self._lock:
            self._database.close()

    def keep(self, message: PostMessage) -> None:
        """Keep a message; the same id twice is one message, which is no longer failed.

        Raises:
            OutboxFull: The file keeps as many as it may.
            OutboxUnavailable: It cannot be written.
        """
        values = (message.id, json.dumps(message.to_wire()), now().isoformat())
        try:
            with self._lock, self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.execute(_KEEP, values)
                (count,) = self._database.execute("SELECT count(*) FROM unsent").fetchone()
                if count > self._limit:
                    raise OutboxFull(f"{self._path} keeps {self._limit} messages already")
        except sqlite3.Error as error:
            raise OutboxUnavailable(f"{self._path} cannot be written: {error}") from error

    def drop(self, message_id: str) -> None:
        """Let go of a message, if it is there."""
        self._change("DELETE FROM unsent WHERE id = ?", message_id)

    def fail(self, message_id: str, code: str) -> None:
        """Note that a message was refused for good."""
        self._change("UPDATE unsent SET refusal = ? WHERE id = ?", code, message_id)

    def list_unsent(self) -> Sequence[Unsent]:
        """List what is kept, failed ones too, in the order it was written."""
        query = "SELECT fields, since, refusal FROM unsent ORDER BY position"
        with self._lock:
            rows = self._database.execute(query).fetchall()
        return [
            Unsent(PostMessage(**json.loads(fields)), datetime.fromisoformat(since), refusal)
            for fields, since, refusal in rows
        ]

    def _change(self, statement: str, *values: str) -> None:
        """Change a message whose fate is known: where that fails, it will be sent again in vain."""
        try:
            with self._lock, self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.execute(statement, values)
        except sqlite3.Error as error:
            _log.warning("The outbox %s cannot be written: %s", self._path, error)


def _open(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    database = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(_SCHEMA)
        _check(database)
    except BaseException:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection) -> None:
    with closing(database.execute("PRAGMA integrity_check")) as found:
        (verdict,) = found.fetchone()
    if verdict != "ok":
        error = sqlite3.DatabaseError(verdict)
        error.sqlite_errorname = "SQLITE_CORRUPT"
        raise error


def _set_aside(path: Path) -> Path:
    """Move a damaged file and what belongs to it to another name that is free."""
    aside = path.with_name(f"{path.name}.damaged-{now():%Y%m%dT%H%M%S.%f}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    return aside
