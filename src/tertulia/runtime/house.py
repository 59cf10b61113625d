"""The house: the services of this process, wired to one bus and their databases."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from graphlib import TopologicalSorter
from typing import Any

import structlog
from sqlalchemy import Connection

from tertulia.kernel.clock import Clock
from tertulia.kernel.errors import Unavailable
from tertulia.kernel.limits import Limits
from tertulia.kit.bus import Bus
from tertulia.kit.db import Database
from tertulia.kit.outbox import Consumer, EventLog, Following, reaction
from tertulia.kit.service import Durable, Kit, Policy, Service
from tertulia.runtime.outboxes import LocalOutboxes, Outbox, Outboxes, consumer_name
from tertulia.runtime.services import service_of

Wiring = Callable[[Kit], Service]
"""`wire` of a service's `wiring.py`."""

FOLLOW_SECONDS = 2.0
"""How long an answer waits for other services at most."""
NEEDS_SECONDS = 60.0
"""How long a service that starts waits for those that it needs, in other processes, at most."""
RETRY_SECONDS = 0.25

log = structlog.get_logger(__name__)


def in_order(services: Sequence[Service]) -> list[Service]:
    """The services so that each comes after what it needs; a circle is a `ValueError`."""
    by_name = {service.name: service for service in services}
    graph = {service.name: service.needs for service in services}
    names = TopologicalSorter(graph).static_order()
    return [by_name[name] for name in names if name in by_name]


class House:
    """Starts services after what they need, and stops them before it."""

    def __init__(
        self,
        wirings: Sequence[Wiring],
        *,
        database: Callable[[str], Database],
        bus: Bus,
        clock: Clock,
        limits: Limits,
        policy: Policy,
        rate_limits: bool = True,
        outboxes: Outboxes | None = None,
    ) -> None:
        """`database`: that of a service, by its name. `outboxes`: where events go, if not only here."""
        self._database = database
        self._bus = bus
        self._opening = outboxes or LocalOutboxes(bus)
        self._outboxes: dict[str, Outbox] = {}
        self._following: list[Following] = []
        self._started: list[Service] = []

        def kit_of(service: str) -> Kit:
            return Kit(
                database=database(service),
                bus=bus,
                clock=clock,
                limits=limits,
                policy=policy,
                settled=self.settled,
                followed=self.followed,
                heard=self._opening.heard,
                rate_limits=rate_limits,
            )

        self.services = in_order([wire(kit_of(service_of(wire))) for wire in wirings])
        for service in self.services:
            self._open(service)
        for service in self.services:
            self._subscribe(service)

    @property
    def late(self) -> float:
        """For how many seconds the oldest event that live listeners have not heard has been committed."""
        return max((outbox.late for outbox in self._outboxes.values()), default=0.0)

    async def start(self) -> None:
        """Publish what an earlier run left, then let each service do its first things.

        Raises `Unavailable` where what they need in other processes does not answer for long.
        """
        for outbox in self._outboxes.values():
            await outbox.start()
        await self._opening.start()
        await self._bus.start()
        for service in self.services:
            self._started.append(service)
            if service.on_start is not None:
                await _in_time(service.name, service.on_start)
            log.info("service_started", service=service.name)
        for outbox in self._outboxes.values():
            outbox.feed()
        for following in self._following:
            following.start()

    async def stop(self) -> None:
        """Stop what was started, in the opposite order, and publish what is committed."""
        for following in self._following:
            await following.stop()
        await self._bus.stop()
        while self._started:
            service = self._started.pop()
            if service.on_stop is not None:
                await service.on_stop()
            log.info("service_stopped", service=service.name)
        for outbox in reversed(self._outboxes.values()):
            await outbox.stop()
        await self._opening.stop()

    async def settled(self, service: str) -> None:
        """Wait until every live listener has heard what the service committed so far."""
        await self._outboxes[service].settled()

    async def followed(self, service: str) -> None:
        """Wait until the durable reactions to what the service committed are done; not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FOLLOW_SECONDS):
                await self._outboxes[service].consumed()

    async def consumed(self) -> None:
        """Wait until every durable reaction to what is committed, and to its effects, is done."""
        reached: list[int] = []
        while reached != (now := [it.appended for it in self._outboxes.values()]):
            reached = now
            for outbox in self._outboxes.values():
                await outbox.consumed()
                await outbox.settled()

    def _open(self, service: Service) -> None:
        for request, handler in service.serves.items():
            self._bus.serve(request, handler)
        if service.log is not None:
            database = self._database(service.name)
            self._outboxes[service.name] = self._opening.open(service, service.log, database)

    def _subscribe(self, service: Service) -> None:
        self._opening.listen(service)
        for durable in service.durable:
            if service.log is not None:
                consumer = _consumer(durable, service.log, self._database(service.name))
                following = self._opening.follow(durable, consumer)
                if following is not None:
                    self._following.append(following)


async def _in_time(service: str, act: Callable[[], Awaitable[None]]) -> None:
    """Do the first things of a service as soon as those that it needs answer. Raises `Unavailable`."""
    loop = asyncio.get_running_loop()
    until = loop.time() + NEEDS_SECONDS
    while True:
        try:
            return await act()
        except Unavailable as error:
            if loop.time() > until:
                raise
            log.info("waits_for_others", service=service, reason=error.detail)
        await asyncio.sleep(RETRY_SECONDS)


def _consumer(durable: Durable, positions: EventLog, database: Database) -> Consumer:
    name = consumer_name(durable.source, positions.service)

    def position(connection: Connection) -> int:
        return positions.position(connection, name)

    unit: Any = reaction(durable.source, positions, durable.acts)
    return Consumer(name=name, database=database, position=position, unit=unit)
