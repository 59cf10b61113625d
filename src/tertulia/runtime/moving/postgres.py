"""A PostgreSQL database as a side of a move: a schema for each service, used as its own role.

While it moves the lock of every service is taken (docs/adr/0023): writers wait for it, and refuse what waits
too long; reads go on, and a mover that is killed lets go. Once it has moved, sessions begin as those with
another server's replica do (`default_transaction_read_only`), so no process gets one for writing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Table, make_url
from sqlalchemy.exc import DBAPIError

from tertulia.kernel.errors import Unavailable
from tertulia.kit.db.postgres.provisioning import CannotProvision, provision, role_of
from tertulia.kit.db.postgres.sessions import Away, open_engine, session_of
from tertulia.kit.db.postgres.transactions import key
from tertulia.runtime.data import CannotStart
from tertulia.runtime.moving.content import Row, columns_of
from tertulia.runtime.services import migrations, upkeeps

CLOSED = "default_transaction_read_only"
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE = "BEGIN READ WRITE"


def shown(url: str) -> str:
    """Without the password."""
    return make_url(url).render_as_string(hide_password=True)


class _Schemas:
    """Tables of all services, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, service: str) -> Connection:
        """The connection as the service's own role, in its schema."""
        session = session_of(self._connection)
        role = sql.Identifier(role_of(session.info.dbname, service))
        session.execute(sql.SQL("SET LOCAL ROLE {}").format(role))
        path = sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(service))
        session.execute(path)
        return self._connection


class PostgresSource:
    """A database from which processes may still read and write: writing is refused meanwhile."""

    def __init__(self, url: str) -> None:
        """`url`: of a role that owns the database and may end the sessions of the services' roles."""
        self.name = shown(url)
        self._url = url

    @contextmanager
    def held(self) -> Iterator[None]:
        """See `Source.held`."""
        check_takes_changes(self._url)
        with _told_plainly(self._url), _locked(self._url):
            yield

    @contextmanager
    def reading(self) -> Iterator[_Schemas]:
        """See `Source.reading`."""
        with _told_plainly(self._url), _transaction(self._url, READ) as connection:
            yield _Schemas(connection)

    def leave(self) -> None:
        """See `Source.leave`."""
        with _told_plainly(self._url), _session(self._url) as session:
            session.execute(_change(session, "SET {} = on"))
            session.execute(_END_OTHERS)


class PostgresTarget:
    """A database in which no service has data yet."""

    def __init__(self, url: str) -> None:
        """`url`: of a role that owns the database."""
        self.name = shown(url)
        self._url = url

    @contextmanager
    def writing(self, services: Sequence[str]) -> Iterator["_Filling"]:
        """See `Target.writing`. All of it is one transaction."""
        check_takes_changes(self._url)
        with _told_plainly(self._url):
            provision(self._url, services)
            with _transaction(self._url, WRITE) as connection:
                filling = _Filling(connection)
                for each in migrations(services):
                    each.upgrade(filling.of(each.service))
                yield filling


class _Filling(_Schemas):
    def load(self, table: Table, rows: Iterator[Row]) -> None:
        """See `Writing.load`."""
        columns = sql.SQL(", ").join(sql.Identifier(each.name) for each in columns_of(table))
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
        with session_of(self._connection).cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)


def check_takes_changes(url: str) -> None:
    """Raises `CannotStart` where the data of a database has moved elsewhere."""
    with _told_plainly(url), _session(url) as session:
        is_closed = session.execute(_IS_CLOSED).fetchone() == ("on",)
    if is_closed:
        detail = (
            f"the data in {shown(url)} has moved elsewhere: set TERTULIA_DATABASE, or let this data be"
            " used again with `tertulia move --undo`"
        )
        raise CannotStart("moved", detail, source=shown(url))


def undo(url: str) -> None:
    """Let data that has moved away be used again, as another history: every log gets a new epoch.

    Raises `CannotStart`.
    """
    try:
        check_takes_changes(url)
    except CannotStart as refusal:
        if refusal.code != "moved":
            raise
        with _told_plainly(url):
            _begin_another_history(url)


def _begin_another_history(url: str) -> None:
    with _transaction(url, WRITE) as connection:
        session = session_of(connection)
        session.execute(_change(session, "RESET {}"))
        schemas = _Schemas(connection)
        for upkeep in upkeeps():
            if upkeep.restored is not None:
                upkeep.restored(schemas.of(upkeep.log.service), None)


_IS_CLOSED = f"SHOW {CLOSED}"
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND application_name LIKE 'tertulia %'
"""


@contextmanager
def _locked(url: str) -> Iterator[None]:
    """Have the lock of every service; each is had for a moment only by who writes."""
    with _session(url) as session:
        for each in migrations():
            session.execute("SELECT pg_advisory_lock(%s)", [key(each.service)])
        yield


def _change(session: psycopg.Connection, how: LiteralString) -> sql.Composed:
    """Of the database's settings, for sessions that begin later."""
    change = sql.SQL(how).format(sql.Identifier(CLOSED))
    name = sql.Identifier(session.info.dbname)
    return sql.SQL("ALTER DATABASE {} {}").format(name, change)


@contextmanager
def _session(url: str) -> Iterator[psycopg.Connection]:
    """For what is no part of a transaction with rows."""
    with psycopg.connect(url, connect_timeout=5, autocommit=True) as session:
        yield session


@contextmanager
def _transaction(url: str, begin: str) -> Iterator[Connection]:
    any_state = make_conninfo(url, target_session_attrs="any")
    engine = open_engine(any_state, "public", begin=begin, patience=None)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _told_plainly(url: str) -> Iterator[None]:
    """Turn what the server, or the way to it, refuses into `CannotStart`."""
    try:
        yield
    except (Away, CannotProvision, Unavailable, psycopg.Error, DBAPIError) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).strip()
        detail = f"cannot open {shown(url)}: {reason}"
        raise CannotStart("database", detail, database=shown(url), reason=reason) from error
