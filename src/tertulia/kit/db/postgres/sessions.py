"""Connections to PostgreSQL: how they are set up, and that none waits for an answer for ever."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.numeric import Int8Dumper
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

CONNECT_SECONDS = 2
"""The least that libpq knows."""
LOCK_SECONDS = 4.0
"""How long a transaction waits for the writer of another process."""
STATEMENT_SECONDS = 5.0
IDLE_SECONDS = 5.0
"""How long a process that stopped in the middle of a transaction holds up the others."""
PATIENCE_SECONDS = 6.0
"""How long an answer may take: longer than any statement may, so what is later never comes."""
_KEEPALIVES = {
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": round(PATIENCE_SECONDS * 1000),
}


class Away(Exception):
    """No connection can be had: the server is not there, is starting, or does not let us in."""


class CountingCursor(psycopg.Cursor[Any]):
    """Adds up the rows that its connection has written, as SQLite does."""

    def execute(self, *arguments: Any, **options: Any) -> "CountingCursor":
        """See `psycopg.Cursor.execute`."""
        with _keeping_values():
            super().execute(*arguments, **options)
        self._count()
        return self

    def executemany(self, *arguments: Any, **options: Any) -> None:
        """See `psycopg.Cursor.executemany`."""
        with _keeping_values():
            super().executemany(*arguments, **options)
        self._count()

    def _count(self) -> None:
        status = self.statusmessage
        if status is not None and self.rowcount > 0 and not status.startswith("SELECT"):
            session: Any = self.connection
            session.total_changes += self.rowcount


@contextmanager
def _keeping_values() -> Iterator[None]:
    """Errors without their details, which quote what was to be written: errors are logged."""
    try:
        yield
    except psycopg.Error as failure:
        if failure.diag.message_primary is not None:
            failure.args = (failure.diag.message_primary,)
        raise


class Session(psycopg.Connection[Any]):
    """A connection that counts what it writes, and ends itself where the server does not answer."""

    total_changes = 0
    patience: float | None = PATIENCE_SECONDS

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """See `psycopg.Connection.wait`."""
        try:
            return super().wait(gen, interval, timeout or self.patience)
        except psycopg.OperationalError as failure:
            if (
                failure.sqlstate is None
            ):  # nothing that the server said: whatever it says now is late
                self.pgconn.finish()
            raise


def open_engine(
    url: str,
    service: str,
    *,
    size: int = 1,
    begin: str = "BEGIN",
    patience: float | None = PATIENCE_SECONDS,
    met: Callable[[bool], object] = lambda _: None,
) -> Engine:
    """An engine over `postgresql://…` whose sessions work in the schema of a service.

    `begin` opens its transactions. `patience`: the seconds that an answer may take; without it nothing
    limits a statement.
    `met` is told, in the thread that connects, whether that went well; where not, `Away` is raised.
    """
    settings = _settings(url, service, hurried=patience is not None)

    def connect() -> Session:
        try:
            session = Session.connect(**settings)
        except psycopg.OperationalError as failure:
            met(False)
            raise Away(str(failure)) from failure
        session.patience = patience
        session.adapters.register_dumper(int, Int8Dumper)  # else each size is another statement
        met(True)
        return session

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        paramstyle="format",
        use_native_hstore=False,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def open_transaction(connection: Connection) -> None:
        session_of(connection).execute(begin.encode(), prepare=False)

    return engine


def session_of(connection: Connection) -> Session:
    """The session under a connection of such an engine."""
    session: Any = connection.connection.driver_connection
    return session


def _settings(url: str, service: str, *, hurried: bool) -> Mapping[str, Any]:
    given = conninfo_to_dict(url)
    options = {
        "search_path": service,
        "synchronous_commit": "on",
        "idle_in_transaction_session_timeout": round(IDLE_SECONDS * 1000),
        "lock_timeout": round(LOCK_SECONDS * 1000) if hurried else 0,
        "statement_timeout": round(STATEMENT_SECONDS * 1000) if hurried else 0,
        "jit": "off",
    }
    said = " ".join(f"-c {name}={value}" for name, value in options.items())
    return {
        "application_name": f"tertulia {service}",
        "connect_timeout": CONNECT_SECONDS,
        "target_session_attrs": "read-write",  # of several hosts the one that is not a copy
        **_KEEPALIVES,
        **given,
        "options": f"{given.get('options') or ''} {said}".strip(),
        "client_encoding": "utf8",
        "autocommit": True,  # transactions are opened by the engine, with what belongs to it
        "cursor_factory": CountingCursor,
    }
