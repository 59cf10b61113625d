"""Where the events of the services go: within this process, or to all processes."""

from collections import defaultdict
from collections.abc import Callable, Collection
from itertools import chain
from typing import Protocol

from tertulia.kernel.event_log import EventsQuery
from tertulia.kit.bus import Bus
from tertulia.kit.bus.barriers import Barriers, ReadBarriers
from tertulia.kit.bus.catching_up import CatchUp
from tertulia.kit.bus.line import Line
from tertulia.kit.db import Database
from tertulia.kit.outbox import Consumer, EventLog, Following, Relay, SharedRelay
from tertulia.kit.service import Durable, Service


class Outbox(Protocol):
    """Tells what a service committed."""

    @property
    def appended(self) -> int:
        """The last position that this process knows."""
        ...

    @property
    def late(self) -> float:
        """For how many seconds the oldest event that is not told has been committed."""
        ...

    async def start(self) -> None:
        """Begin to tell."""
        ...

    def feed(self) -> None:
        """Let those who react durably go on from where they were."""
        ...

    async def stop(self) -> None:
        """Tell what is committed, then end."""
        ...

    async def settled(self) -> None:
        """Wait until what is committed is heard by everybody who may not be told anything without it."""
        ...

    async def consumed(self) -> None:
        """Wait until every durable reaction to what is committed is done."""
        ...


class Outboxes(Protocol):
    """Opens outboxes, and lets services follow those of others."""

    def open(self, service: Service, events: EventLog, database: Database) -> Outbox:
        """The outbox of a service that runs here."""
        ...

    def follow(self, durable: Durable, consumer: Consumer) -> Following | None:
        """Let a service that runs here react durably on the events of another one.

        What is returned is to be started; all outboxes are open by now.
        """
        ...

    def listen(self, service: Service) -> None:
        """Let a service that runs here hear live what others tell, and their barriers for certain."""
        ...

    async def heard(self, service: str) -> None:
        """Wait until those who listen here have heard every barrier of a service that was answered so far.

        Raises `Unavailable` while that cannot be known.
        """
        ...

    async def start(self) -> None:
        """Answer those who ask the outboxes, which have started."""
        ...

    async def stop(self) -> None:
        """Answer nobody any more."""
        ...


class LocalOutboxes:
    """All services are in this process, and no other has their tables."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._relays: dict[str, Relay] = {}

    def open(self, service: Service, events: EventLog, database: Database) -> Outbox:
        """See `Outboxes.open`."""
        relay = Relay(events, database, self._bus)
        relay.knows(service.events)
        self._relays[service.name] = relay
        return relay

    def follow(self, durable: Durable, consumer: Consumer) -> Following | None:
        """See `Outboxes.follow`. The relay feeds it; a service that does not run tells nothing."""
        if durable.source in self._relays:
            self._relays[durable.source].consume(consumer)
        return None

    def listen(self, service: Service) -> None:
        """See `Outboxes.listen`."""
        _listen(self._bus, service)

    async def heard(self, service: str) -> None:
        """See `Outboxes.heard`. A command with a barrier is answered when all here have heard it."""

    async def start(self) -> None:
        """Nobody asks: everything is here."""

    async def stop(self) -> None:
        """See `start`."""


class BarrierServer(Barriers, Protocol):
    """Barriers that answers those who follow them."""

    def serve(self, service: str, read: ReadBarriers) -> None:
        """Answer those who follow the barriers of a service."""
        ...

    async def start(self) -> None:
        """Let them follow."""
        ...

    async def stop(self) -> None:
        """Let nobody follow any more."""
        ...


class SharedOutboxes:
    """Each service runs in as many processes as you like, with the same tables."""

    def __init__(
        self,
        bus: Bus,
        line: Line,
        barriers: BarrierServer,
        *,
        followers: Callable[[str], Collection[str]],
        query: Callable[[str], type[EventsQuery]],
    ) -> None:
        """`followers`: of a service, who reacts durably on its events; `query`: how they are asked for."""
        self._bus = bus
        self._line = line
        self._catching_up: dict[str, list[CatchUp]] = defaultdict(list)
        """By owner, those here who hear its barriers."""
        self._barriers = barriers
        self._followers = followers
        self._query = query

    def open(self, service: Service, events: EventLog, database: Database) -> Outbox:
        """See `Outboxes.open`."""
        followers = self._followers(service.name)
        relay = SharedRelay(
            events,
            database,
            self._bus,
            self._barriers,
            events=service.events,
            followers=[consumer_name(service.name, follower) for follower in followers],
        )
        self._barriers.serve(service.name, relay.list_barriers)
        if followers:
            self._bus.serve(self._query(service.name), relay.list_events)
        return relay

    def follow(self, durable: Durable, consumer: Consumer) -> Following | None:
        """See `Outboxes.follow`."""
        return Following(consumer, self._bus, self._query(durable.source), durable.acts)

    def listen(self, service: Service) -> None:
        """See `Outboxes.listen`."""
        _listen(self._bus, service)
        for owner in {kind.owner for kind in service.live if kind.barrier}:
            ears = {it: hear for it, hear in service.live.items() if it.owner == owner}
            self._catching_up[owner].append(CatchUp(self._line, owner, ears, service.missed))

    async def heard(self, service: str) -> None:
        """See `Outboxes.heard`."""
        for each in self._catching_up[service]:
            await each.heard()

    async def start(self) -> None:
        """See `Outboxes.start`."""
        await self._barriers.start()
        for each in chain(*self._catching_up.values()):
            each.start()

    async def stop(self) -> None:
        """See `Outboxes.stop`."""
        for each in chain(*self._catching_up.values()):
            await each.stop()
        await self._barriers.stop()


def _listen(bus: Bus, service: Service) -> None:
    for event, listener in service.live.items():
        bus.listen(event, listener)


def consumer_name(source: str, follower: str) -> str:
    """The name under which positions of a service in the log of another are kept."""
    return f"{source}→{follower}"
