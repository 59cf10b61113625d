"""What the services of a process stand on: its bus, its databases, and where its events go."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tertulia.kernel.clock import Clock
from tertulia.kernel.limits import Limits
from tertulia.kit.bus import Bus
from tertulia.kit.bus.line import Line
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.db import Database
from tertulia.kit.db.sqlite import SqliteDatabase
from tertulia.runtime.data import CannotStart, DataFolder, migrate
from tertulia.runtime.moving.sqlite import take_up
from tertulia.runtime.outboxes import LocalOutboxes, Outboxes
from tertulia.runtime.services import SETTING_UP, migrations, missing_needs
from tertulia.runtime.settings import SQLITE, Settings
from tertulia.runtime.tracing import traced


@dataclass(frozen=True)
class Drivers:
    """The tools of one process, which work while its data folder is locked."""

    bus: Bus
    outboxes: Outboxes
    database: Callable[[str], Database]
    """That of a service, by its name."""
    wait: Callable[[], float]
    """The seconds after which a change that is asked for now is on stable storage."""
    late: Callable[[], Sequence[str]] = lambda: ()
    """What does not answer now, by name: the bus, the database, services in other processes."""
    line: Line | None = None
    """To other processes, where there are some."""


class NoTables:
    """The database of a service that owns no table: to use it is a defect."""

    def __init__(self, service: str) -> None:
        self._service = service

    async def write(self, unit: Any, request: Any, actor: Any) -> Any:
        """See `NoTables`."""
        raise RuntimeError(f"{self._service} owns no table")

    async def read(self, view: Any, *, aside: bool = False) -> Any:
        """See `NoTables`."""
        raise RuntimeError(f"{self._service} owns no table")


def drivers_of(
    settings: Settings, folder: DataFolder, names: Collection[str], clock: Clock
) -> AbstractAsyncContextManager[Drivers]:
    """The drivers that the settings name, to be entered. Raises `CannotStart`."""
    check_drivers(settings, names)
    if not settings.is_shared:
        return _alone(settings, folder, names, clock)
    try:
        from tertulia.runtime.shared import shared  # noqa: PLC0415 - its libraries are optional
    except ImportError as error:
        detail = f"{error.name} is not installed: pip install 'tertulia[split]'"
        raise CannotStart("library", detail, library=error.name) from error
    return shared(settings, names)


def check_drivers(settings: Settings, names: Collection[str]) -> None:
    """`CannotStart` where these services cannot run on these drivers.

    The local bus reaches nobody else, so what a service needs has to be here, and so has all that uses the
    database. On NATS any service may run in several processes, so they need a database that they can share,
    and a set-up code that is the same in all.
    """
    if settings.is_shared:
        owners = [it.service for it in migrations(tuple(names))]
        without = [it for it in owners if settings.database_of(it) == SQLITE]
        if without:
            detail = f"on NATS {without[0]} needs PostgreSQL: set TERTULIA_DATABASE"
            raise CannotStart("needs_database", detail, service=without[0])
        _check_setup_code(settings, names)
        return
    if any(settings.database_of(it) != SQLITE for it in names):
        raise CannotStart("needs_bus", "on PostgreSQL a process needs NATS: set TERTULIA_BUS")
    for service, need in missing_needs(names):
        detail = f"{service} needs {need}, which is not among the services to run"
        raise CannotStart("needs", detail, service=service, need=need)


def _check_setup_code(settings: Settings, names: Collection[str]) -> None:
    """Whoever shows the code and whoever asks for it are different processes: none may make its own."""
    for service in SETTING_UP:
        if service in names and settings.setup_code is None:
            detail = f"on NATS {service} needs the code of all: set TERTULIA_SETUP_CODE"
            raise CannotStart("needs_setup_code", detail, service=service)


@asynccontextmanager
async def _alone(
    settings: Settings, folder: DataFolder, names: Collection[str], clock: Clock
) -> AsyncIterator[Drivers]:
    """One process with one file."""
    take_up(folder)
    migrate(folder, migrations(), clock)
    database = _sqlite(folder, settings.limits)
    database.start()
    bus = traced(LocalBus(recode=settings.bus_recode), settings, names)
    try:
        yield Drivers(bus, LocalOutboxes(bus), lambda _: database, lambda: database.wait)
    finally:
        await database.stop()


def _sqlite(folder: DataFolder, limits: Limits) -> SqliteDatabase:
    return SqliteDatabase(
        folder.database,
        queue_limit=limits.writer_queue,
        most_reads=limits.waiting_reads,
        deadline_seconds=limits.deadline_seconds,
    )
