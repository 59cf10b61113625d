"""The house: the services of this process, wired to one bus and one database."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from graphlib import TopologicalSorter
from typing import Any

import structlog
from sqlalchemy import Connection

from tertulia.kernel.clock import Clock
from tertulia.kernel.limits import Limits
from tertulia.kit.bus import Bus
from tertulia.kit.db import Database
from tertulia.kit.outbox import Consumer, EventLog, Relay, reaction
from tertulia.kit.service import Durable, Kit, Policy, Service

Wiring = Callable[[Kit], Service]
"""`wire` of a service's `wiring.py`."""

FOLLOW_SECONDS = 2.0
"""How long an answer waits for other services at most."""

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
        database: Database,
        bus: Bus,
        clock: Clock,
        limits: Limits,
        policy: Policy,
        rate_limits: bool = True,
    ) -> None:
        self._database = database
        self._bus = bus
        self._relays: dict[str, Relay] = {}
        self._started: list[Service] = []
        kit = Kit(
            database=database,
            bus=bus,
            clock=clock,
            limits=limits,
            policy=policy,
            settled=self.settled,
            followed=self.followed,
            rate_limits=rate_limits,
        )
        self.services = in_order([wire(kit) for wire in wirings])
        for service in self.services:
            self._open(service)
        for service in self.services:
            self._subscribe(service)

    @property
    def late(self) -> float:
        """For how many seconds the oldest event that live listeners have not heard has been committed."""
        return max((relay.late for relay in self._relays.values()), default=0.0)

    async def start(self) -> None:
        """Publish what an earlier run left, then let each service do its first things."""
        for relay in self._relays.values():
            await relay.start()
        for service in self.services:
            self._started.append(service)
            if service.on_start is not None:
                await service.on_start()
            log.info("service_started", service=service.name)
        for relay in self._relays.values():
            relay.feed()

    async def stop(self) -> None:
        """Stop what was started, in the opposite order, and publish what is committed."""
        while self._started:
            service = self._started.pop()
            if service.on_stop is not None:
                await service.on_stop()
            log.info("service_stopped", service=service.name)
        for relay in reversed(self._relays.values()):
            await relay.stop()

    async def settled(self, service: str) -> None:
        """Wait until every live listener has heard what the service committed so far."""
        await self._relays[service].settled()

    async def followed(self, service: str) -> None:
        """Wait until the durable reactions to what the service committed are done; not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FOLLOW_SECONDS):
                await self._relays[service].consumed()

    async def consumed(self) -> None:
        """Wait until every durable reaction to what is committed, and to its effects, is done."""
        reached: list[int] = []
        while reached != (now := [relay.appended for relay in self._relays.values()]):
            reached = now
            for relay in self._relays.values():
                await relay.consumed()
                await relay.settled()

    def _open(self, service: Service) -> None:
        for request, handler in service.serves.items():
            self._bus.serve(request, handler)
        if service.log is not None:
            relay = Relay(service.log, self._database, self._bus)
            relay.knows(service.events)
            self._relays[service.name] = relay

    def _subscribe(self, service: Service) -> None:
        for event, listener in service.live.items():
            self._bus.listen(event, listener)
        for durable in service.durable:
            if service.log is not None and durable.source in self._relays:
                consumer = _consumer(durable, service.log, self._database)
                self._relays[durable.source].consume(consumer)


def _consumer(durable: Durable, positions: EventLog, database: Database) -> Consumer:
    name = f"{durable.source}→{positions.service}"

    def position(connection: Connection) -> int:
        return positions.position(connection, name)

    unit: Any = reaction(durable.source, positions, durable.acts)
    return Consumer(name=name, database=database, position=position, unit=unit)
