"""The outbox between processes: who publishes what, who keeps which rows, and what is asked for."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.event_log import EventsQuery
from tertulia.kernel.messages import Event
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.db import each
from tertulia.kit.db.sqlite import SqliteDatabase, open_engine
from tertulia.kit.metrics import REGISTRY
from tertulia.kit.outbox import Consumer, EventLog, Following, SharedRelay, reaction
from tertulia.kit.outbox.checks import log_checks

METADATA = MetaData()
SENDER, HEARER = EventLog("sender", METADATA), EventLog("hearer", METADATA)
EFFECTS = Table("effects", METADATA, Column("n", Integer, primary_key=True))
NAME = "sender→hearer"


class Happened(Event):
    n: int


class Silenced(Event):
    barrier = True

    n: int


class ListEvents(EventsQuery):
    """Of the sender."""


class WaitedFor:
    """Barriers that everybody has passed, and what was asked of them."""

    def __init__(self):
        self.asked = []

    async def confirmed(self, service, position):
        self.asked.append((service, position))


class Process:
    """One that the sender runs in; the others have the same file."""

    def __init__(self, database, bus, followers=(NAME,)):
        self.database = database
        self.barriers = WaitedFor()
        self.relay = SharedRelay(
            SENDER, database, bus, self.barriers, events=[Happened, Silenced], followers=followers
        )

    async def happen(self, *events):
        await self.database.write(each(self._append), events, SYSTEM)

    def _append(self, connection, events, _actor):
        SENDER.append(connection, events)

    async def kept(self):
        rows = await self.database.read(lambda c: SENDER.list_events(c, 0))
        return [row.position for row in rows]


class Site:
    """Two processes of the sender, one bus, and a hearer in a third."""

    def __init__(self, path):
        engine = open_engine(path)
        METADATA.create_all(engine)
        engine.dispose()
        self.databases = [SqliteDatabase(path) for _ in range(3)]
        self.bus = LocalBus(recode=True)
        self.one, self.other = (Process(it, self.bus) for it in self.databases[:2])
        self.bus.serve(ListEvents, self.other.relay.list_events)
        self.heard = []
        self.bus.listen(Event, self._hear)

    async def _hear(self, event):
        self.heard.append(event.n)

    def following(self):
        def act(connection, event, _actor):
            connection.execute(EFFECTS.insert().values(n=event.n))

        consumer = Consumer(
            NAME,
            self.databases[2],
            lambda connection: HEARER.position(connection, NAME),
            reaction(SENDER, HEARER, {Happened: act}),
        )
        return Following(consumer, self.bus, ListEvents, [Happened])

    async def effects(self):
        return await self.databases[2].read(lambda c: list(c.scalars(select(EFFECTS.c.n))))


@asynccontextmanager
async def processes(path):
    site = Site(path)
    for database in site.databases:
        database.start()
    await site.one.relay.start()
    await site.other.relay.start()
    try:
        yield site
    finally:
        await site.one.relay.stop()
        await site.other.relay.stop()
        for database in site.databases:
            await database.stop()


@pytest.fixture
async def site(tmp_path):
    async with processes(tmp_path / "test.db") as site:
        yield site


async def test_each_process_publishes_what_it_committed(site):
    await site.one.happen(Happened(n=1), Happened(n=2))
    await site.other.happen(Happened(n=3))
    await site.one.relay.settled()
    await site.other.relay.settled()
    assert sorted(site.heard) == [1, 2, 3]


async def test_a_barrier_is_waited_for_up_to_what_any_process_committed(site):
    await site.other.happen(Silenced(n=1), Silenced(n=2))
    await site.one.relay.settled()
    assert site.one.barriers.asked == [("sender", 2)]


async def test_who_follows_from_another_process_reacts_to_everything(site):
    following = site.following()
    await site.one.happen(Happened(n=1))
    following.start()
    await site.other.happen(Happened(n=2), Silenced(n=9))
    await site.other.relay.consumed()
    await following.stop()
    assert await site.effects() == [1, 2]


async def test_two_that_follow_for_one_service_react_once(site):
    both = [site.following(), site.following()]
    for following in both:
        following.start()
    for n in range(20):
        await site.one.happen(Happened(n=n))
    await site.one.relay.consumed()
    for following in both:
        await following.stop()
    assert await site.effects() == list(range(20))


class Worker:
    """One that follows, and whether each of its attempts was the first."""

    def __init__(self, site):
        self.following = site.following()
        self.attempts = []
        consumer = self.following._consumer
        self._unit, consumer.unit = consumer.unit, self._attempt

    def _attempt(self, connection, calls):
        outcomes = self._unit(connection, calls)
        self.attempts += outcomes
        return outcomes


async def test_who_lost_a_race_leaves_the_work_to_the_other(site, monkeypatch):
    monkeypatch.setattr("tertulia.kit.outbox.following.STANDBY_SECONDS", 3600.0)
    both = [Worker(site), Worker(site)]
    for it in both:
        it.following.start()
    for n in range(30):
        await site.one.happen(Happened(n=n))
        await site.one.relay.consumed()
    for it in both:
        await it.following.stop()
    attempts = [attempt for it in both for attempt in it.attempts]
    assert (attempts.count(True), attempts.count(False) <= 1) == (30, True)


async def test_who_stands_by_takes_over_from_one_that_ended(site, monkeypatch):
    monkeypatch.setattr("tertulia.kit.outbox.following.STANDBY_SECONDS", 0.01)
    both, n = [Worker(site), Worker(site)], 0
    for it in both:
        it.following.start()
    while not (late := [it for it in both if False in it.attempts]):
        await site.one.happen(Happened(n=n))
        await site.one.relay.consumed()
        n += 1
    works = next(it for it in both if it is not late[0])
    await works.following.stop()
    await site.one.happen(Happened(n=n))
    await site.one.relay.consumed()
    await late[0].following.stop()
    assert late[0].attempts[-1] is True
    assert await site.effects() == list(range(n + 1))


async def test_a_row_is_kept_until_it_is_old_and_everybody_has_passed_it(site, monkeypatch):
    monkeypatch.setattr("tertulia.kit.outbox.shared.KEPT_SECONDS", 0.0)
    monkeypatch.setattr("tertulia.kit.outbox.shared.SWEEP_SECONDS", 0.01)
    await site.one.happen(Happened(n=1), Happened(n=2), Happened(n=3))
    await site.bus.ask(ListEvents(consumer="a stranger", after=3))
    await site.bus.ask(ListEvents(consumer=NAME, after=2))
    async with asyncio.timeout(10):
        while await site.one.kept() != [3]:
            await asyncio.sleep(0.01)


async def test_the_last_row_is_kept_so_that_nothing_seems_lost(site, monkeypatch):
    monkeypatch.setattr("tertulia.kit.outbox.shared.KEPT_SECONDS", 0.0)
    monkeypatch.setattr("tertulia.kit.outbox.shared.SWEEP_SECONDS", 0.01)
    await site.one.happen(Happened(n=1), Happened(n=2))
    await site.bus.ask(ListEvents(consumer=NAME, after=2))
    async with asyncio.timeout(10):
        while 1 in await site.one.kept():
            await asyncio.sleep(0.01)
    (check,) = log_checks(SENDER)
    assert await site.databases[0].read(lambda c: list(check.find(c, {}))) == []


async def test_young_rows_are_kept_for_those_who_follow_barriers(site, monkeypatch):
    monkeypatch.setattr("tertulia.kit.outbox.shared.SWEEP_SECONDS", 0.01)
    await site.one.happen(Silenced(n=1), Happened(n=2))
    await site.bus.ask(ListEvents(consumer=NAME, after=2))
    page = await site.other.relay.list_barriers(0, 10)
    assert [(it.position, it.wire_name) for it in page.items] == [(1, Silenced.wire_name)]
    assert (page.reached, page.head, page.kept_from) == (2, 2, 1)


async def test_a_log_without_rows_is_kept_from_what_comes_next(site):
    page = await site.one.relay.list_barriers(None, 10)
    assert (page.items, page.reached, page.head, page.kept_from) == ([], 0, 0, 1)
    await site.one.happen(Happened(n=1), Happened(n=2))
    await site.databases[0].write(each(lambda c, _, __: SENDER.delete_through(c, 2)), None, SYSTEM)
    page = await site.other.relay.list_barriers(0, 10)
    assert (page.items, page.reached, page.head, page.kept_from) == ([], 2, 2, 3)


async def test_a_page_of_barriers_goes_as_far_as_it_has_them_all(site):
    await site.one.happen(*(Silenced(n=n) for n in range(5)), Happened(n=9))
    first = await site.one.relay.list_barriers(0, 3)
    assert (len(first.items), first.reached, first.head) == (3, 3, 6)
    rest = await site.one.relay.list_barriers(first.reached, 3)
    assert (len(rest.items), rest.reached) == (2, 6)


async def test_who_begins_to_follow_begins_at_the_head(site):
    await site.one.happen(Silenced(n=1))
    page = await site.one.relay.list_barriers(None, 10)
    assert (page.items, page.reached, page.head) == ([], 1, 1)


async def test_what_is_kept_and_who_is_behind_is_measured(site, monkeypatch):
    def measured():
        labels = {"service": "sender"}
        rows = REGISTRY.get_sample_value("tertulia_event_log_rows", labels)
        behind = REGISTRY.get_sample_value("tertulia_consumer_behind_events", {"consumer": NAME})
        age = REGISTRY.get_sample_value("tertulia_event_log_age_seconds", labels)
        return rows, behind, (age or 0) > 0

    async def until(wanted):
        async with asyncio.timeout(30):
            while measured() != wanted:
                await asyncio.sleep(0.01)

    monkeypatch.setattr("tertulia.kit.outbox.shared.KEPT_SECONDS", 3600.0)
    monkeypatch.setattr("tertulia.kit.outbox.shared.SWEEP_SECONDS", 0.01)
    await site.one.happen(*(Happened(n=n) for n in range(3)))
    await site.bus.ask(ListEvents(consumer=NAME, after=1))
    await until((3, 2, True))
    await site.bus.ask(ListEvents(consumer=NAME, after=3))
    await until((3, 0, False))
