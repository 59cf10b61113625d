"""The relay of an event log: after the commit it publishes, and rings those who react durably."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.messages import Event
from tertulia.kit.bus import Bus
from tertulia.kit.db import Call, Database, Outcome, Unit
from tertulia.kit.metrics import CONSUMER_BEHIND
from tertulia.kit.outbox.events import Entries, EventLog, Follower, LoggedEvent
from tertulia.kit.outbox.publishing import Publisher

LOOK_SECONDS = 5.0
RETRY_SECONDS = 1.0
log = structlog.get_logger(__name__)


@dataclass
class Consumer:
    """A durable reaction of another service: at least once, in order, from a stored position.

    `position` reads how far it has come; `unit` carries out `(LoggedEvent, SYSTEM)` calls and moves
    the position in the same transaction.
    """

    name: str
    database: Database
    position: Callable[[Connection], int]
    unit: Unit
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    reached: int = 0


class Relay:
    """Publishes a log's committed events in order, and rings its durable consumers."""

    def __init__(self, log_: EventLog, database: Database, bus: Bus) -> None:
        self._log = log_
        self._database = database
        self._kinds: dict[str, type[Event]] = {}
        self._consumers: list[Consumer] = []
        self._publisher = Publisher(log_.service, bus, self._ring)
        self._early: list[tuple[int, Event]] | None = []
        self._fed = asyncio.Condition()
        self._follower = Follower(lambda _: None)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def appended(self) -> int:
        """The last position that this process knows to be committed."""
        return self._publisher.appended

    @property
    def late(self) -> float:
        """See `Publisher.late`."""
        return self._publisher.late

    def knows(self, events: Iterable[type[Event]]) -> None:
        """The classes in which rows of the log are read back."""
        self._kinds.update({kind.wire_name: kind for kind in events})

    def consume(self, consumer: Consumer) -> None:
        """Add a durable consumer; before `start`."""
        self._consumers.append(consumer)
        behind = CONSUMER_BEHIND.labels(consumer.name)
        behind.set_function(lambda: max(0, self.appended - consumer.reached))

    async def start(self) -> None:
        """Publish what an earlier process left, then what comes."""
        loop = asyncio.get_running_loop()
        self._follower.told = lambda entries: loop.call_soon_threadsafe(self._hear, entries)
        await self._database.write(self._follow, None, SYSTEM)
        self._publisher.push(self._known(await self._remaining()))
        early, self._early = self._early or [], None
        self._publisher.push(early)
        self._tasks.append(asyncio.create_task(self._publisher.run()))

    def feed(self) -> None:
        """Let the durable consumers go on from where they were."""
        self._tasks += [asyncio.create_task(self._feed(consumer)) for consumer in self._consumers]

    async def stop(self) -> None:
        """Publish what is committed, then end."""
        if self._tasks:
            await self.settled()
        self._follower.told = lambda _: None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for consumer in self._consumers:
            CONSUMER_BEHIND.remove(consumer.name)

    async def settled(self) -> None:
        """Wait until everything committed so far has been heard by every live listener.

        A commit's events stand in the queue before its answer reaches the loop, so a command that
        awaits this after its write knows that its own events have been heard.
        """
        await self._publisher.settled()

    async def consumed(self) -> None:
        """Wait until every durable consumer has carried out everything committed so far."""
        target = self.appended
        async with self._fed:
            await self._fed.wait_for(lambda: all(c.reached >= target for c in self._consumers))

    def _follow(self, connection: Connection, calls: Sequence[Call]) -> Sequence[Outcome]:
        self._log.follow(connection, self._follower)
        return [None for _ in calls]

    def _hear(self, entries: Entries) -> None:
        if self._early is None:
            self._publisher.push(entries)
        else:
            self._early += entries

    def _known(self, page: Sequence[LoggedEvent]) -> Entries:
        return [
            (logged.position, self._kinds[logged.wire_name].model_validate(logged.body))
            for logged in page
            if logged.wire_name in self._kinds
        ]

    async def _remaining(self) -> list[LoggedEvent]:
        found: list[LoggedEvent] = []
        while page := await self._page(found[-1].position if found else 0):
            found += page
        return found

    async def _page(self, after: int) -> list[LoggedEvent]:
        return await self._database.read(lambda reader: self._log.list_events(reader, after))

    def _ring(self) -> None:
        for consumer in self._consumers:
            consumer.bell.set()
        self._note()

    def _note(self) -> None:
        """What everybody has passed is needed no more."""
        reached = [consumer.reached for consumer in self._consumers]
        self._follower.passed = min([self._publisher.published, *reached])

    async def _feed(self, consumer: Consumer) -> None:
        consumer.reached = await consumer.database.read(consumer.position)
        while True:
            try:
                await self._feed_page(consumer)
            except Exception:
                log.exception("consumer_failed", consumer=consumer.name)
                await asyncio.sleep(RETRY_SECONDS)

    async def _feed_page(self, consumer: Consumer) -> None:
        page = await self._page(consumer.reached)
        for logged in page:
            await consumer.database.write(consumer.unit, logged, SYSTEM)
            consumer.reached = logged.position
        self._note()
        async with self._fed:
            self._fed.notify_all()
        if not page:
            await rung(consumer.bell)


async def rung(bell: asyncio.Event) -> None:
    """Wait for the bell, or until it is time to look anyway."""
    # Not `wait_for`: before Python 3.12 it swallows a cancellation that meets the bell.
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            await bell.wait()
    bell.clear()


def reaction(
    source: EventLog | str,
    positions: EventLog,
    acts: Mapping[type[Event], Callable[[Connection, Any, Actor], Any]],
) -> Unit:
    """The unit of a durable consumer: acts on the events it knows, moves its position for all.

    Its outcome is whether the event had not been passed already.
    """
    name = source if isinstance(source, str) else source.service
    by_name = {kind.wire_name: (kind, act) for kind, act in acts.items()}

    def carry_out(connection: Connection, logged: LoggedEvent, actor: Actor) -> bool:
        if logged.position <= positions.position(connection, f"{name}→{positions.service}"):
            return False
        if logged.wire_name in by_name:
            kind, act = by_name[logged.wire_name]
            act(connection, kind.model_validate(logged.body), actor)
        positions.move(connection, f"{name}→{positions.service}", logged.position)
        return True

    def unit(connection: Connection, calls: Sequence[Call]) -> Sequence[Outcome]:
        return [carry_out(connection, call.request, call.actor) for call in calls]

    return unit
