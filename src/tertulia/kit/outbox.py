"""The event log of a service: facts are rows of the transaction that causes them (transactional outbox).

Each service owns one `EventLog`. Positions are dense. After the commit the relay publishes what was
appended, in order; what a crash left behind it publishes at the next start. A durable consumer keeps
its own position beside its own effects and reads the log from there.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    delete,
    func,
    select,
    update,
)

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.messages import Event, Model
from tertulia.kit.bus import Bus
from tertulia.kit.db import Call, Database, Outcome, after_commit
from tertulia.kit.db.columns import insert

PAGE = 500
LOOK_SECONDS = 5.0
log = structlog.get_logger(__name__)


class LoggedEvent(Model):
    """A row of an event log: its dense position, the event's name and its JSON."""

    position: int
    wire_name: str
    body: dict[str, Any]


def event_tables(service: str, metadata: MetaData) -> tuple[Table, Table]:
    """The tables of a service's log: the events, and the positions that its consumers reached.

    The row named `head` holds the position that was given last.
    """
    events = Table(
        f"{service}_events",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("name", String(80), nullable=False),
        Column("body", JSON, nullable=False),
    )
    positions = Table(
        f"{service}_positions",
        metadata,
        Column("consumer", String(80), primary_key=True),
        Column("position", BigInteger, nullable=False),
    )
    return events, positions


class EventLog:
    """The log of one service, in the service's own tables."""

    def __init__(self, service: str, metadata: MetaData) -> None:
        self.service = service
        self._events, self._positions = event_tables(service, metadata)
        self._committed: Callable[[Sequence[tuple[int, Event]]], object] = lambda _: None
        self._passed = 0

    def on_commit(self, told: Callable[[Sequence[tuple[int, Event]]], object]) -> None:
        """Call `told`, in the writer, with what each transaction appended, once it is committed."""
        self._committed = told

    def append(self, connection: Connection, events: Sequence[Event]) -> None:
        """Record the facts in this transaction, at the next positions."""
        if not events:
            return
        last = self._advance(connection, len(events))
        entries = list(enumerate(events, start=last - len(events) + 1))
        rows = [
            {"position": position, "name": fact.wire_name, "body": fact.model_dump(mode="json")}
            for position, fact in entries
        ]
        connection.execute(insert(connection, self._events), rows)
        self._forget(connection)
        after_commit(connection, lambda: self._committed(entries))

    def list_events(
        self, connection: Connection, after: int, limit: int = PAGE
    ) -> list[LoggedEvent]:
        """The events above a position, in order."""
        rows = connection.execute(
            select(self._events)
            .where(self._events.c.position > after)
            .order_by(self._events.c.position)
            .limit(limit)
        )
        return [
            LoggedEvent(position=row.position, wire_name=row.name, body=row.body) for row in rows
        ]

    def position(self, connection: Connection, consumer: str) -> int:
        """How far a consumer has come; 0 at first."""
        found = connection.execute(
            select(self._positions.c.position).where(self._positions.c.consumer == consumer)
        ).scalar()
        return found or 0

    def move(self, connection: Connection, consumer: str, position: int) -> None:
        """Remember, in the transaction of the effects, how far a consumer of this service has come."""
        statement = insert(connection, self._positions).values(consumer=consumer, position=position)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["consumer"], set_={"position": statement.excluded.position}
            )
        )

    def passed(self, position: int) -> None:
        """All consumers have passed this position: later transactions may delete up to there."""
        self._passed = max(self._passed, position)

    def _advance(self, connection: Connection, count: int) -> int:
        moved = connection.execute(
            update(self._positions)
            .where(self._positions.c.consumer == "head")
            .values(position=self._positions.c.position + count)
            .returning(self._positions.c.position)
        ).scalar()
        if moved is not None:
            return moved
        highest = connection.execute(select(func.max(self._events.c.position))).scalar() or 0
        self.move(connection, "head", highest + count)
        return highest + count

    def _forget(self, connection: Connection) -> None:
        if self._passed:
            connection.execute(delete(self._events).where(self._events.c.position <= self._passed))
            self._passed = 0


@dataclass
class Consumer:
    """A durable reaction of another service: at least once, in order, from a stored position.

    `position` reads how far it has come; `unit` carries out `(LoggedEvent, SYSTEM)` calls and moves
    the position in the same transaction.
    """

    name: str
    database: Database
    position: Callable[[Connection], int]
    unit: Callable[[Connection, Sequence[Call]], Sequence[Outcome]]
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    reached: int = 0


class Relay:
    """Publishes a log's committed events in order, and rings its durable consumers."""

    def __init__(self, log_: EventLog, database: Database, bus: Bus) -> None:
        self._log = log_
        self._database = database
        self._bus = bus
        self._kinds: dict[str, type[Event]] = {}
        self._consumers: list[Consumer] = []
        self._waiting: deque[tuple[int, Event]] = deque()
        self._bell = asyncio.Event()
        self._told = asyncio.Condition()
        self._appended = self._published = 0
        self._tasks: list[asyncio.Task[None]] = []

    def knows(self, events: Iterable[type[Event]]) -> None:
        """The classes in which rows of the log are read back."""
        self._kinds.update({kind.wire_name: kind for kind in events})

    def consume(self, consumer: Consumer) -> None:
        """Add a durable consumer; before `start`."""
        self._consumers.append(consumer)

    async def start(self) -> None:
        """Publish what an earlier process left, then what comes."""
        loop = asyncio.get_running_loop()
        self._log.on_commit(lambda entries: loop.call_soon_threadsafe(self._push, entries))
        for logged in await self._remaining():
            kind = self._kinds.get(logged.wire_name)
            if kind is not None:
                self._push([(logged.position, kind.model_validate(logged.body))])
        self._tasks = [asyncio.create_task(self._publish_all())]
        self._tasks += [asyncio.create_task(self._feed(consumer)) for consumer in self._consumers]

    async def stop(self) -> None:
        """Publish what is committed, then end."""
        await self.settled()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until everything committed so far has been heard by every live listener.

        A commit's events stand in the queue before its answer reaches the loop, so a command that
        awaits this after its write knows that its own events have been heard.
        """
        target = self._appended
        async with self._told:
            await self._told.wait_for(lambda: self._published >= target)

    def _push(self, entries: Sequence[tuple[int, Event]]) -> None:
        self._waiting.extend(entries)
        self._appended = entries[-1][0]
        self._bell.set()

    async def _remaining(self) -> list[LoggedEvent]:
        found: list[LoggedEvent] = []
        after = 0
        while page := await self._page(after):
            found += page
            after = page[-1].position
        return found

    async def _page(self, after: int) -> list[LoggedEvent]:
        return await self._database.read(lambda reader: self._log.list_events(reader, after))

    async def _publish_all(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            while self._waiting:
                position, event = self._waiting.popleft()
                await self._bus.publish(event)
                await self._advance(position)

    async def _advance(self, position: int) -> None:
        self._published = position
        async with self._told:
            self._told.notify_all()
        for consumer in self._consumers:
            consumer.bell.set()
        self._mark_passed()

    def _mark_passed(self) -> None:
        self._log.passed(min([self._published, *(c.reached for c in self._consumers)]))

    async def _feed(self, consumer: Consumer) -> None:
        consumer.reached = await consumer.database.read(consumer.position)
        while True:
            try:
                await self._feed_page(consumer)
            except Exception:
                log.exception("consumer_failed", consumer=consumer.name)
                await asyncio.sleep(1)

    async def _feed_page(self, consumer: Consumer) -> None:
        page = await self._page(consumer.reached)
        for logged in page:
            await consumer.database.write(consumer.unit, logged, SYSTEM)
            consumer.reached = logged.position
        self._mark_passed()
        if not page:
            await _rung(consumer.bell)


async def _rung(bell: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(bell.wait(), LOOK_SECONDS)
    except TimeoutError:
        return
    bell.clear()


def reaction(
    source: EventLog | str,
    positions: EventLog,
    acts: Mapping[type[Event], Callable[[Connection, Any, Actor], Any]],
) -> Callable[[Connection, Sequence[Call]], Sequence[Outcome]]:
    """The unit of a durable consumer: acts on the events it knows, moves its position for all."""
    name = source if isinstance(source, str) else source.service
    by_name = {kind.wire_name: (kind, act) for kind, act in acts.items()}

    def unit(connection: Connection, calls: Sequence[Call]) -> Sequence[Outcome]:
        for call in calls:
            logged: LoggedEvent = call.request
            if logged.position <= positions.position(connection, f"{name}→{positions.service}"):
                continue
            if logged.wire_name in by_name:
                kind, act = by_name[logged.wire_name]
                act(connection, kind.model_validate(logged.body), call.actor)
            positions.move(connection, f"{name}→{positions.service}", logged.position)
        return [None for _ in calls]

    return unit
