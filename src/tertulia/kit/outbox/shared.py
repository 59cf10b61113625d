"""Publishing where a service runs in several processes: each publishes what it committed itself.

What a process that died did not publish nobody hears live; whoever must not miss it looks into the log.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence

import structlog
from sqlalchemy import Connection

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import AppError
from tertulia.kernel.event_log import EventPage, EventsQuery, LoggedEvent
from tertulia.kernel.messages import Event
from tertulia.kit.bus import Bus
from tertulia.kit.bus.barriers import KEPT_SECONDS, Barrier, BarrierPage, Barriers
from tertulia.kit.db import Call, Database, Outcome
from tertulia.kit.metrics import CONSUMER_BEHIND, EVENT_LOG_AGE, EVENT_LOG_ROWS
from tertulia.kit.outbox.ages import Ages
from tertulia.kit.outbox.events import EventLog, Follower
from tertulia.kit.outbox.publishing import Publisher

SWEEP_SECONDS = 1.0
"""Between two looks for rows that nobody needs."""
LOOK_SECONDS = 0.05
"""Between two looks at how far the consumers are."""
log = structlog.get_logger(__name__)


class SharedRelay:
    """Publishes what this process committed, and answers those who read the log of the service.

    `followers` are the durable consumers by name: a row is kept until all of them have passed it.
    """

    def __init__(
        self,
        log_: EventLog,
        database: Database,
        bus: Bus,
        barriers: Barriers,
        *,
        events: Iterable[type[Event]],
        followers: Collection[str],
    ) -> None:
        self._log = log_
        self._database = database
        self._barriers = barriers
        self._silencing = [kind.wire_name for kind in events if kind.barrier]
        self._followers = frozenset(followers)
        self._publisher = Publisher(log_.service, bus)
        self._follower = Follower(lambda _: None)
        self._ages = Ages()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def appended(self) -> int:
        """The last position that this process has given."""
        return self._publisher.appended

    @property
    def late(self) -> float:
        """See `Publisher.late`."""
        return self._publisher.late

    async def start(self) -> None:
        """Publish from now on. Raises what the database raises while it is away."""
        loop = asyncio.get_running_loop()
        self._follower.told = lambda entries: loop.call_soon_threadsafe(
            self._publisher.push, entries
        )
        await self._database.write(self._follow, None, SYSTEM)
        works = (self._publisher.run(), self._sweep())
        self._tasks = [asyncio.create_task(work) for work in works]

    def feed(self) -> None:
        """Those who react ask by themselves."""

    async def stop(self) -> None:
        """Publish what is committed, then end."""
        if self._tasks:
            await self._publisher.settled()
        self._follower.told = lambda _: None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until nobody is told anything in ignorance of what any process committed so far."""
        await self._publisher.settled()
        head = await self._database.read(self._log.head)
        await self._barriers.confirmed(self._log.service, head)

    async def consumed(self) -> None:
        """Wait until every durable consumer has passed what is committed so far."""
        head = await self._database.read(self._log.head)
        while await self._database.read(self._passed_by_all) < head:  # noqa: ASYNC110 - elsewhere
            await asyncio.sleep(LOOK_SECONDS)

    async def list_events(self, request: EventsQuery, _actor: Actor) -> EventPage:
        """See `EventsQuery`."""
        page, known = await self._database.read(lambda reader: self._page(reader, request))
        if request.consumer in self._followers and known < request.after:
            await self._database.write(self._acknowledge, request, SYSTEM)
        return page

    async def list_barriers(self, after: int | None, limit: int) -> BarrierPage:
        """See `ReadBarriers`."""
        return await self._database.read(lambda reader: self._barrier_page(reader, after, limit))

    def _follow(self, connection: Connection, calls: Sequence[Call]) -> Sequence[Outcome]:
        self._log.follow(connection, self._follower)
        return [None for _ in calls]

    # --- the log ------------------------------------------------------------------------------

    def _page(self, connection: Connection, request: EventsQuery) -> tuple[EventPage, int]:
        head = self._log.head(connection)
        items = self._log.list_events(connection, request.after, request.limit)
        return EventPage(items=items, head=head), self._log.position(connection, request.consumer)

    def _barrier_page(self, connection: Connection, after: int | None, limit: int) -> BarrierPage:
        head, kept_from = self._log.bounds(connection)
        start = head if after is None else after
        found = self._barriers_above(connection, start, limit) if start < head else ()
        items = [
            Barrier(position=it.position, wire_name=it.wire_name, body=it.body) for it in found
        ]
        reached = items[-1].position if len(items) == limit else max(start, head)
        return BarrierPage(items=items, reached=reached, head=head, kept_from=kept_from)

    def _barriers_above(
        self, connection: Connection, start: int, limit: int
    ) -> Sequence[LoggedEvent]:
        return self._log.list_events(connection, start, limit, names=self._silencing)

    def _acknowledge(self, connection: Connection, calls: Sequence[Call]) -> Sequence[Outcome]:
        for call in calls:
            asked: EventsQuery = call.request
            if asked.after > self._log.position(connection, asked.consumer):
                self._log.move(connection, asked.consumer, asked.after)
        return [None for _ in calls]

    def _passed_by_all(self, connection: Connection) -> int:
        return min(self._reached(connection).values(), default=self._log.head(connection))

    def _reached(self, connection: Connection) -> Mapping[str, int]:
        return {name: self._log.position(connection, name) for name in self._followers}

    # --- what nobody needs --------------------------------------------------------------------

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self._delete_old()
            except AppError as error:
                log.info("log_not_swept", service=self._log.service, code=error.code)
            except Exception:
                log.exception("log_not_swept", service=self._log.service)

    async def _delete_old(self) -> None:
        """The last row stays: a log that was lost is told by it from one that nobody needs."""
        head, reached, kept_from = await self._database.read(self._extent)
        now, passed = asyncio.get_running_loop().time(), min(reached.values(), default=head)
        self._ages.note(head, now)
        through = min(passed, self._ages.old(KEPT_SECONDS, now), head - 1)
        if through >= kept_from:
            await self._database.write(self._delete, through, SYSTEM)
        self._measure(head, max(kept_from, through + 1), self._ages.age(passed + 1, now))
        for name, position in reached.items():
            CONSUMER_BEHIND.labels(name).set(head - position)
        self._ages.forget(through)

    def _measure(self, head: int, first: int, age: float) -> None:
        EVENT_LOG_ROWS.labels(self._log.service).set(head + 1 - first)
        EVENT_LOG_AGE.labels(self._log.service).set(age)

    def _extent(self, connection: Connection) -> tuple[int, Mapping[str, int], int]:
        head, kept_from = self._log.bounds(connection)
        return head, self._reached(connection), kept_from

    def _delete(self, connection: Connection, calls: Sequence[Call]) -> Sequence[Outcome]:
        for call in calls:
            self._log.delete_through(connection, call.request)
        return [None for _ in calls]
