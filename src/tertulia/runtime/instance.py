"""One Tertulia: its data folder, its bus and the services that run in this process."""

import secrets
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tertulia.kernel.clock import Clock, SystemClock
from tertulia.kernel.limits import Limits
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.db.sqlite import SqliteDatabase
from tertulia.kit.service import Policy
from tertulia.runtime.data import CannotStart, DataFolder, migrate
from tertulia.runtime.house import House
from tertulia.runtime.moving.sqlite import take_up
from tertulia.runtime.services import migrations, missing_needs, wirings
from tertulia.runtime.settings import Settings


@dataclass(frozen=True)
class Instance:
    """Services that run, and the bus on which they answer."""

    settings: Settings
    folder: DataFolder
    bus: LocalBus
    house: House
    setup_code: str
    """What set-up from another machine asks for."""
    change_wait: Callable[[], float]
    """The seconds after which a change that is asked for now is on stable storage, and told."""


@asynccontextmanager
async def opened(
    settings: Settings, *, services: Collection[str] | None = None, clock: Clock | None = None
) -> AsyncIterator[Instance]:
    """Lock the data folder, migrate it and run services on it; stop them in the opposite order.

    Raises `CannotStart`.
    """
    names = settings.services if services is None else services
    check_needs(names)
    clock = clock or SystemClock()
    folder = DataFolder(settings.data)
    with folder.locked():
        take_up(folder)
        migrate(folder, migrations(), clock)
        database = _database(folder, settings.limits)
        database.start()
        try:
            async with _inhabited(settings, folder, names, database, clock) as instance:
                yield instance
        finally:
            await database.stop()


@asynccontextmanager
async def _inhabited(
    settings: Settings,
    folder: DataFolder,
    names: Collection[str],
    database: SqliteDatabase,
    clock: Clock,
) -> AsyncIterator[Instance]:
    bus = LocalBus(recode=settings.bus_recode)
    policy = _policy(settings)
    house = House(
        wirings(names),
        database=lambda _: database,
        bus=bus,
        clock=clock,
        limits=settings.limits,
        policy=policy,
        rate_limits=settings.rate_limits,
    )
    try:
        await house.start()
        yield Instance(
            settings,
            folder,
            bus,
            house,
            policy.setup_code,
            change_wait=lambda: max(database.wait, house.late),
        )
    finally:
        await house.stop()


def _database(folder: DataFolder, limits: Limits) -> SqliteDatabase:
    return SqliteDatabase(
        folder.database,
        queue_limit=limits.writer_queue,
        most_reads=limits.waiting_reads,
        deadline_seconds=limits.deadline_seconds,
    )


def _policy(settings: Settings) -> Policy:
    given = settings.setup_code
    return Policy(
        registration=settings.registration,
        guests=settings.guests,
        base_url=settings.base_url,
        setup_code=given.get_secret_value() if given else secrets.token_urlsafe(12),
    )


def check_needs(names: Collection[str]) -> None:
    """`CannotStart` where one of these services needs one that is not among them."""
    for service, need in missing_needs(names):
        detail = f"{service} needs {need}, which is not among the services to run"
        raise CannotStart("needs", detail, service=service, need=need)
