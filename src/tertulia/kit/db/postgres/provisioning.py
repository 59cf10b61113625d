"""What a service has in PostgreSQL: a schema, and a role that may use this one and nothing else."""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tertulia.kernel.errors import Unavailable
from tertulia.kit import failpoints
from tertulia.kit.db.migrations import Migrations
from tertulia.kit.db.postgres.sessions import Away, open_engine
from tertulia.kit.db.postgres.transactions import RETRY_SECONDS, key

_LOCKED = "BEGIN; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({})"


class CannotProvision(Exception):
    """The owner's URL is not enough to make roles and schemas: the text says what is missing."""


def provision(url: str, services: Collection[str]) -> Mapping[str, str]:
    """The URL of each service's own role. Roles and schemas are made where they are missing.

    `url` is of a role that may create roles, and schemas in its database. The passwords of the roles come
    from its password, so every process that has this URL finds the same; several may do this at a time.
    Raises `CannotProvision`, and `Unavailable` while the server is away.
    """
    given = conninfo_to_dict(url)
    secret = str(given.get("password") or "")
    if not secret:
        raise CannotProvision("the URL has no password, from which those of the roles are made")
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            return {name: _provide(connection, url, secret, name) for name in sorted(services)}
    except psycopg.errors.InsufficientPrivilege as failure:
        raise CannotProvision(f"the role may not do this: {failure}") from failure
    except psycopg.OperationalError as failure:
        raise Unavailable(str(failure), retry_after=RETRY_SECONDS) from failure


def migrate(url: str, migrations: Migrations) -> list[str]:
    """Bring the schema of a service to the newest revision; what was applied.

    One process does it at a time, and the others find it done. Raises `DatabaseNewer`, and `Unavailable`
    while the server is away.
    """
    service = migrations.service
    engine = open_engine(url, service, begin=_LOCKED.format(key(service)), patience=None)
    try:
        with engine.begin() as connection:
            applied = migrations.upgrade(connection)
            if applied:
                failpoints.reach("mid_migration")
            return applied
    except Away as failure:
        raise Unavailable(str(failure), retry_after=RETRY_SECONDS) from failure
    finally:
        engine.dispose()


def role_of(database: str, service: str) -> str:
    """Roles are of the whole server, so their names say of which database they are."""
    return f"{database}_{service}"


def _provide(
    connection: psycopg.Connection[tuple[object, ...]], url: str, secret: str, service: str
) -> str:
    """In one transaction, which other processes that do the same wait for."""
    database = connection.info.dbname
    role = role_of(database, service)
    password = _password(secret, role)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [key("")])
        if not _has_role(connection, role):
            _run(connection, "CREATE ROLE {role} NOINHERIT", role=role)
            _run(connection, "GRANT {role} TO CURRENT_USER", role=role)
        hashed = connection.pgconn.encrypt_password(password.encode(), role.encode()).decode()
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), hashed)
        )
        _run(
            connection,
            "GRANT CONNECT ON DATABASE {database} TO {role}",
            role=role,
            database=database,
        )
        _run(connection, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
        _run(
            connection,
            "CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {role}",
            role=role,
            schema=service,
        )
    return make_conninfo(url, user=role, password=password)


def _run(
    connection: psycopg.Connection[tuple[object, ...]], text: LiteralString, **names: str
) -> None:
    named = {name: sql.Identifier(value) for name, value in names.items()}
    connection.execute(sql.SQL(text).format(**named))


def _has_role(connection: psycopg.Connection[tuple[object, ...]], role: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    return found.fetchone() is not None


def _password(secret: str, role: str) -> str:
    return hmac.new(secret.encode(), f"tertulia {role}".encode(), hashlib.sha256).hexdigest()
