"""The databases of the tests: SQLite files, or with `--database=postgresql` one server for the run.

The server is started by the first test that needs it and ends with the run. Tests share its database, whose
tables are emptied for each, unless a test comes back to the `file` that it named before.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import tertulia
from tertulia.cluster.postgresql import Postgresql
from tertulia.kit.db.migrations import Migrations
from tertulia.kit.db.postgres.provisioning import migrate, provision

SQLITE, POSTGRESQL = "sqlite", "postgresql"
LOCALE = "es"
"""Sorts `ñ` after `n` and passes over hyphens: whatever is sorted by code points does it on its own account."""

_chosen = SQLITE
_last: Path | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    """The database under the services that tests run in their own process."""
    parser.addoption("--database", choices=[SQLITE, POSTGRESQL], default=SQLITE)


def pytest_configure(config: pytest.Config) -> None:
    """Remember what was chosen: a fixture would have to go through every test's hands."""
    global _chosen  # noqa: PLW0603
    _chosen = config.getoption("--database")


def pytest_unconfigure() -> None:
    """End the server if one was started."""
    if server.cache_info().currsize:
        running = server()
        running.kill()
        shutil.rmtree(running.folder)


def on_postgresql() -> bool:
    """Whether services run on PostgreSQL here."""
    return _chosen == POSTGRESQL


def in_a_file() -> pytest.MarkDecorator:
    """For a test of what the file of SQLite holds."""
    return pytest.mark.skipif(on_postgresql(), reason="looks into the file of SQLite")


@cache
def server() -> Postgresql:
    """The server of this run, started."""
    started = Postgresql(Path(tempfile.mkdtemp(prefix="tertulia-pg-")), durable=False)
    started.start()
    return started


@contextmanager
def a_database(name: str) -> Iterator[str]:
    """A database of its own for a test; the owner's URL."""
    yield server().create_database(name, LOCALE)
    server().drop_database(name)


def urls(file: Path, services: Sequence[str]) -> Mapping[str, str]:
    """Of the migrated schemas of these services, by service; empty unless `file` was asked for last."""
    global _last  # noqa: PLW0603
    found = {service: schema(service) for service in services}
    if file != _last:
        _empty()
    _last = file
    return found


@cache
def _owner() -> str:
    return server().create_database("tests", LOCALE)


@cache
def schema(service: str) -> str:
    """The URL of a service's own schema, with its tables if it has migrations."""
    url = provision(_owner(), [service])[service]
    if folder(service).is_dir():
        migrate(url, migrations(service))
    return url


def _empty() -> None:
    """By deletion: of tables that hold a few rows TRUNCATE makes all files anew."""
    with psycopg.connect(_owner()) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE tableowner LIKE 'tests%' AND tablename NOT LIKE 'alembic%'"
        ).fetchall()
        connection.execute("SET session_replication_role = replica")  # foreign keys look away
        for table in tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table)))


def migrations(service: str) -> Migrations:
    """The migrations of a service that has tables."""
    return Migrations(service, folder(service))


def folder(service: str) -> Path:
    """Where the migrations of a service are, if it has any."""
    return Path(tertulia.__file__).parent / service / "migrations"
