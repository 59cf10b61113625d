"""One Tertulia: its data folder, its bus and the services that run in this process."""

import secrets
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tertulia.kernel.clock import Clock, SystemClock
from tertulia.kit.bus import Bus
from tertulia.kit.bus.line import Line
from tertulia.kit.service import Policy
from tertulia.runtime.data import DataFolder
from tertulia.runtime.drivers import Drivers, check_drivers, drivers_of
from tertulia.runtime.house import House
from tertulia.runtime.services import wirings
from tertulia.runtime.settings import Settings


@dataclass(frozen=True)
class Instance:
    """Services that run, and the bus on which they answer."""

    settings: Settings
    folder: DataFolder
    bus: Bus
    house: House
    setup_code: str
    """What set-up from another machine asks for."""
    change_wait: Callable[[], float]
    """The seconds after which a change that is asked for now is on stable storage, and told."""
    late: Callable[[], Sequence[str]]
    """What does not answer now, by name, outside this process."""
    line: Line | None = None
    """To other processes, where there are some."""


@asynccontextmanager
async def opened(
    settings: Settings, *, services: Collection[str] | None = None, clock: Clock | None = None
) -> AsyncIterator[Instance]:
    """Lock the data folder, migrate the data and run services on it; stop them in the opposite order.

    Raises `CannotStart`.
    """
    names = settings.services if services is None else services
    clock = clock or SystemClock()
    folder = DataFolder(settings.data)
    check_drivers(settings, names)
    with folder.locked():
        async with (
            drivers_of(settings, folder, names, clock) as drivers,
            _inhabited(settings, folder, names, drivers, clock) as instance,
        ):
            yield instance


@asynccontextmanager
async def _inhabited(
    settings: Settings, folder: DataFolder, names: Collection[str], drivers: Drivers, clock: Clock
) -> AsyncIterator[Instance]:
    policy = _policy(settings)
    house = House(
        wirings(names),
        database=drivers.database,
        bus=drivers.bus,
        clock=clock,
        limits=settings.limits,
        policy=policy,
        rate_limits=settings.rate_limits,
        outboxes=drivers.outboxes,
    )
    try:
        await house.start()
        yield Instance(
            settings,
            folder,
            drivers.bus,
            house,
            policy.setup_code,
            change_wait=lambda: max(drivers.wait(), house.late),
            late=drivers.late,
            line=drivers.line,
        )
    finally:
        await house.stop()


def _policy(settings: Settings) -> Policy:
    given = settings.setup_code
    return Policy(
        registration=settings.registration,
        guests=settings.guests,
        base_url=settings.base_url,
        setup_code=given.get_secret_value() if given else secrets.token_urlsafe(12),
    )
