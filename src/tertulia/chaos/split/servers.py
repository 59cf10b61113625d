"""NATS and PostgreSQL of a run, as parts that die, stand still and start again."""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, event

from tertulia.chaos.history import Final
from tertulia.chaos.live.process import DoesNotStart
from tertulia.chaos.live.reading import PLACES, UPDATES, differences, finals_of
from tertulia.chaos.violations import Violation
from tertulia.cluster.nats_server import CannotRun as CannotRunNats
from tertulia.cluster.nats_server import NatsServer
from tertulia.cluster.postgresql import OWNER, Postgresql
from tertulia.cluster.postgresql import CannotRun as CannotRunPostgresql
from tertulia.kit.db.postgres.sessions import open_engine, session_of
from tertulia.runtime.fsck import differing

Server = NatsServer | Postgresql
TEMPLATE = "town"
START_TRIES = 50
TRY_SECONDS = 0.1
_ALL_SCHEMAS = "BEGIN; SET LOCAL search_path TO accounts, conversations"


async def start(server: Server) -> None:
    """Start it unless it runs. After a kill the processes it leaves may be in the way for a moment."""
    said = ""
    for _ in range(START_TRIES):
        if server.runs:
            return
        try:
            await asyncio.to_thread(server.start)
        except (CannotRunNats, CannotRunPostgresql) as error:
            said = str(error)
            await asyncio.sleep(TRY_SECONDS)
        else:
            return
    raise DoesNotStart(said)


class Frozen:
    """SIGSTOP to a process and to those it started, then SIGCONT."""

    def __init__(self, name: str, pid: int) -> None:
        self.name = f"{name} stands still"
        self._pid = pid
        self._stopped: Sequence[int] = ()

    async def __aenter__(self) -> None:
        """Stand still: first who could start others."""
        _signal(self._pid, signal.SIGSTOP)
        self._stopped = [self._pid, *children_of(self._pid)]
        for pid in self._stopped:
            _signal(pid, signal.SIGSTOP)

    async def __aexit__(self, *_: object) -> None:
        """Go on."""
        for pid in reversed(self._stopped):
            _signal(pid, signal.SIGCONT)


def children_of(pid: int) -> list[int]:
    """The processes that a process started and that live, as Linux knows them."""
    said: Iterator[Path] = Path(f"/proc/{pid}/task").glob("*/children")
    found: list[int] = []
    with suppress(OSError):
        for file in said:
            found += map(int, file.read_text("ascii").split())
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


class PostgresRecord:
    """The one database of a split deployment; see `Stored`."""

    def __init__(self, server: Postgresql) -> None:
        self._server = server

    def keep_as_template(self) -> None:
        """What is there now is what every run begins with."""
        with psycopg.connect(self._server.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE {OWNER}")

    def begin_anew(self) -> None:
        """Begin with the template again."""
        with psycopg.connect(self._server.url_of("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {OWNER} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {OWNER} TEMPLATE {TEMPLATE}")

    def dump_logs(self) -> list[Final]:
        """See `Stored`."""
        path = "-csearch_path=conversations"
        with psycopg.connect(self._server.url, options=path) as connection:
            return finals_of(connection.execute(PLACES), connection.execute(UPDATES))

    def check(self) -> list[Violation]:
        """See `Stored`."""
        engine = open_engine(self._server.url, "accounts", begin=_ALL_SCHEMAS)
        event.listen(engine, "before_cursor_execute", _with_values, retval=True)
        try:
            with engine.begin() as connection:
                return differences(differing(connection))
        finally:
            engine.dispose()


def _with_values(
    connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object
) -> tuple[str, tuple[()]]:
    """Values in the text: PostgreSQL takes a group by an expression with parameters for another one."""
    said = psycopg.ClientCursor(session_of(connection)).mogrify(statement.encode(), parameters)
    return said.replace("%", "%%"), ()
