"""Drivers of a process among others: NATS between them, and PostgreSQL below (docs/adr/0025)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TypeVar

import structlog

from tertulia.kernel.errors import Unavailable
from tertulia.kit.bus.barriers import LineBarriers
from tertulia.kit.bus.nats import Credentials, NatsBus, NatsLine
from tertulia.kit.db import Database
from tertulia.kit.db.migrations import DatabaseNewer, Migrations
from tertulia.kit.db.postgres import PostgresDatabase
from tertulia.kit.db.postgres.provisioning import CannotProvision, migrate, provision
from tertulia.runtime.data import CannotStart
from tertulia.runtime.drivers import Drivers, NoTables
from tertulia.runtime.moving.postgres import check_takes_changes
from tertulia.runtime.neighbours import Neighbours
from tertulia.runtime.outboxes import SharedOutboxes
from tertulia.runtime.services import (
    TABLE,
    events_query,
    followers,
    migrations,
)
from tertulia.runtime.settings import Settings
from tertulia.runtime.tracing import traced

START_SECONDS = 60.0
"""How long a process that starts waits for the bus, for the database and for other services, each."""
RETRY_SECONDS = 0.5

T = TypeVar("T")
log = structlog.get_logger(__name__)


@asynccontextmanager
async def shared(settings: Settings, names: Collection[str]) -> AsyncIterator[Drivers]:
    """The line, the bus and a database for each service among the names that owns tables.

    Raises `CannotStart` where what is needed does not answer in `START_SECONDS`.
    """
    async with AsyncExitStack() as stack:
        databases = await _open_databases(settings, names, stack)
        line = _line(settings, names)
        await line.start()
        stack.push_async_callback(line.stop)
        await _in_time("bus", _connected(line))
        neighbours = Neighbours(line, _elsewhere(names))
        await stack.enter_async_context(neighbours.asked())
        await _in_time("services", neighbours.all_answered(), neighbours)
        bus = traced(NatsBus(line, settings.limits), settings, names)

        def late() -> Sequence[str]:
            away = any(not database.is_reachable for database in databases.values())
            parts = {"bus": not line.connected, "database": away}
            return [*(part for part, is_late in parts.items() if is_late), *neighbours.silent]

        def database(service: str) -> Database:
            return databases.get(service) or NoTables(service)

        yield Drivers(
            bus,
            SharedOutboxes(bus, line, LineBarriers(line), followers=followers, query=events_query),
            database,
            lambda: max((each.wait for each in databases.values()), default=0.0),
            late,
            line,
        )


def _line(settings: Settings, names: Collection[str]) -> NatsLine:
    credentials = Credentials(
        creds=settings.bus_creds,
        ca=settings.bus_ca,
        cert=settings.bus_cert,
        key=settings.bus_key,
    )
    return NatsLine(settings.bus, credentials, name=f"tertulia {' '.join(names)}")


def _elsewhere(names: Collection[str]) -> list[str]:
    """What the services among the names need that is not among them."""
    needed = {need for entry in TABLE if entry.name in names for need in entry.needs}
    return sorted(needed - set(names))


async def _connected(line: NatsLine) -> None:
    while not line.connected:  # noqa: ASYNC110 - the line tells nobody
        await asyncio.sleep(RETRY_SECONDS / 10)


async def _in_time(
    what: str, awaited: Awaitable[None], neighbours: Neighbours | None = None
) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            await awaited
    except TimeoutError as error:
        silent = ", ".join(neighbours.silent) if neighbours else what
        detail = f"{silent} did not answer in {START_SECONDS:.0f} s"
        raise CannotStart("no_answer", detail, what=silent, seconds=round(START_SECONDS)) from error


async def _open_databases(
    settings: Settings, names: Collection[str], stack: AsyncExitStack
) -> Mapping[str, PostgresDatabase]:
    owned = migrations(tuple(names))
    if not owned:
        return {}
    services = [it.service for it in owned]
    urls: dict[str, str] = {}
    for owner in {settings.database_of(it): None for it in services}:
        of_it = [it for it in services if settings.database_of(it) == owner]
        urls |= await _patiently(partial(provision, owner, of_it))
    for each in owned:
        await _patiently(partial(_migrate, urls[each.service], each))
    for owner in {settings.database_of(it): None for it in services}:
        await _patiently(partial(check_takes_changes, owner))
    databases = {name: _database(urls[name], name, settings) for name in services}
    for database in databases.values():
        await asyncio.to_thread(database.start)
        stack.push_async_callback(database.stop)
    return databases


def _database(url: str, service: str, settings: Settings) -> PostgresDatabase:
    limits = settings.limits
    return PostgresDatabase(
        url,
        service,
        queue_limit=limits.writer_queue,
        most_reads=limits.waiting_reads,
        deadline_seconds=limits.deadline_seconds,
    )


def _migrate(url: str, each: Migrations) -> None:
    if applied := migrate(url, each):
        log.info("migrated", service=each.service, revisions=applied)


async def _patiently(act: Callable[[], T]) -> T:
    """Do it in a thread, as soon as the database is there. Raises `CannotStart`."""
    loop = asyncio.get_running_loop()
    until = loop.time() + START_SECONDS
    while True:
        try:
            return await asyncio.to_thread(act)
        except CannotProvision as error:
            raise CannotStart("roles", str(error), reason=error) from error
        except DatabaseNewer as error:
            detail = f"the database is newer than this program: {error}"
            raise CannotStart("newer", detail, **vars(error)) from error
        except Unavailable as error:
            if loop.time() > until:
                detail = f"the database did not answer in {START_SECONDS:.0f} s: {error}"
                what = {"what": "PostgreSQL", "seconds": round(START_SECONDS)}
                raise CannotStart("no_answer", detail, **what) from error
            log.info("waits_for_database", reason=error.detail)
        await asyncio.sleep(RETRY_SECONDS)
