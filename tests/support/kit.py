"""Services in this process, without a server: a temporary SQLite file, a bus, a clock to move.

    async with running([accounts.wire, conversations.wire]) as house:
        done = await house.ask(SetUp(…), LOCAL)
        await house.settled()
        assert house.heard(SpaceAdded) == […]

Messages and answers are encoded and decoded on their way (`LocalBus(recode=True)`), so what passes
here passes between processes. `running` may be given a `path` to come back to the same database.
"""

import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.db.postgres import PostgresDatabase
from tertulia.kit.db.sqlite import SqliteDatabase, open_engine
from tertulia.kit.service import Policy
from tertulia.runtime.house import House, Wiring
from tests.support import databases
from tests.support.clock import StoppedClock

R = TypeVar("R")
E = TypeVar("E", bound=Event)
AnyDatabase = SqliteDatabase | PostgresDatabase

LOCAL = Actor(id="", kind="nobody", local=True, address="127.0.0.1")
"""A caller without a credential on the server's own machine."""

AFAR = Actor(id="", kind="nobody", address="203.0.113.7")
"""A caller without a credential from somewhere else."""


class TestHouse:
    """Running services and what was heard of them."""

    __test__ = False

    def __init__(self, house: House, bus: LocalBus, clock: StoppedClock) -> None:
        self.house = house
        self.bus = bus
        self.clock = clock
        self.events: list[Event] = []
        """What live listeners heard, in order; `clear()` it as you like."""
        self.limits: Limits
        self.database: AnyDatabase
        """Of the first service that has tables."""
        bus.listen(Event, self._hear)

    async def ask(self, request: Request[R], actor: Actor = SYSTEM) -> R:
        """The answer of the service that serves this class; raises what it raises."""
        return await self.bus.ask(request, actor)

    def heard(self, kind: type[E]) -> list[E]:
        """The events of a class heard so far, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    async def settled(self) -> None:
        """Wait until everything committed has been heard, and all durable reactions are done."""
        await self.house.consumed()

    async def _hear(self, event: Event) -> None:
        self.events.append(event)


@asynccontextmanager
async def running(
    wirings: Sequence[Wiring],
    *,
    path: Path | None = None,
    limits: Limits | None = None,
    policy: Policy | None = None,
    rate_limits: bool = False,
    clock: StoppedClock | None = None,
) -> AsyncIterator[TestHouse]:
    """Start services on a database that is migrated for them; stop them afterwards."""
    with tempfile.TemporaryDirectory(prefix="tertulia-") as folder:
        file = path or Path(folder) / "tertulia.db"
        limits = limits or Limits()
        opened = _opened(file, wirings, limits)
        first = next(iter(opened.values()))
        bus = LocalBus(recode=True)
        clock = clock or StoppedClock()
        house = House(
            wirings,
            database=lambda service: opened.get(service, first),
            bus=bus,
            clock=clock,
            limits=limits,
            policy=policy or Policy(setup_code="a code"),
            rate_limits=rate_limits,
        )
        test_house = TestHouse(house, bus, clock)
        test_house.limits, test_house.database = limits, first
        for database in opened.values():
            database.start()
        try:
            await house.start()
            yield test_house
        finally:
            await house.stop()
            for database in opened.values():
                await database.stop()


def _opened(file: Path, wirings: Sequence[Wiring], limits: Limits) -> Mapping[str, AnyDatabase]:
    """By service, or the one of all services by no name."""
    services = [wire.__module__.split(".")[1] for wire in wirings]
    owners = [service for service in services if databases.folder(service).is_dir()]
    if not (owners and databases.on_postgresql()):
        migrate(file, wirings)
        return {"": SqliteDatabase(file, queue_limit=limits.writer_queue)}
    return {
        service: PostgresDatabase(url, service, queue_limit=limits.writer_queue)
        for service, url in databases.urls(file, owners).items()
    }


def migrate(file: Path, wirings: Sequence[Wiring]) -> None:
    """Bring a database to the newest revision of each service that has one."""
    modules = tuple(wire.__module__ for wire in wirings)
    if file.exists():
        _upgrade(file, modules)
    else:
        file.write_bytes(_migrated(modules))


@cache
def _migrated(modules: tuple[str, ...]) -> bytes:
    """A fresh database of the services wired there: steps that are the same each time, taken once."""
    with tempfile.TemporaryDirectory(prefix="tertulia-") as folder:
        file = Path(folder) / "tertulia.db"
        _upgrade(file, modules)
        return file.read_bytes() if file.exists() else b""


def _upgrade(file: Path, modules: Sequence[str]) -> None:
    engine = open_engine(file)
    for module in modules:
        service = module.split(".")[1]
        if databases.folder(service).is_dir():
            with engine.begin() as connection:
                databases.migrations(service).upgrade(connection)
    engine.dispose()
