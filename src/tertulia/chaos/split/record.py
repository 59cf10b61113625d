"""What a split deployment leaves behind: the database that all of its services share."""

from typing import Any

import psycopg
from sqlalchemy import Connection, event

from tertulia.chaos.history import Final
from tertulia.chaos.live.reading import PLACES, UPDATES, differences, finals_of
from tertulia.chaos.violations import Violation
from tertulia.cluster.postgresql import OWNER, Postgresql
from tertulia.kit.db.postgres.sessions import open_engine, session_of
from tertulia.runtime.fsck import differing
from tertulia.runtime.services import migrations

TEMPLATE = "town"


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
        schemas = ", ".join(each.service for each in migrations())
        begin = f"BEGIN; SET LOCAL search_path TO {schemas}"
        engine = open_engine(self._server.url, "accounts", begin=begin)
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
