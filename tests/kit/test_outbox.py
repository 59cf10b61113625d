"""Event log, relay and durable consumers: dense positions, nothing lost by a crash, at least once."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import Internal
from tertulia.kernel.messages import Command, Event
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.db import each
from tertulia.kit.db.sqlite import SqliteDatabase, open_engine
from tertulia.kit.metrics import REGISTRY
from tertulia.kit.outbox import Consumer, EventLog, Relay, reaction
from tertulia.kit.outbox.publishing import MANY

METADATA = MetaData()
SENDER = EventLog("sender", METADATA)
HEARER = EventLog("hearer", METADATA)
EFFECTS = Table("hearer_effects", METADATA, Column("n", Integer, primary_key=True))


class Happened(Event):
    n: int


class Unknown(Event):
    n: int


class Happen(Command[None]):
    n: int


class Site:
    """A sender with its relay, and a hearer that reacts durably, over one file."""

    def __init__(self, path):
        engine = open_engine(path)
        METADATA.create_all(engine)
        engine.dispose()
        self.database = SqliteDatabase(path)
        self.bus = LocalBus()
        self.relay = Relay(SENDER, self.database, self.bus)
        self.relay.knows([Happened])
        self.heard = []
        self.bus.listen(Happened, self._hear)
        self.acted = []
        self.reaction: Callable[[Any, Happened, Actor], None] = self.react

    async def _hear(self, event):
        self.heard.append(event.n)

    def react(self, connection, event, _actor):
        self.acted.append(event.n)
        connection.execute(EFFECTS.insert().values(n=event.n))

    def consumer(self):
        def position(connection):
            return HEARER.position(connection, "sender→hearer")

        def act(connection, event, actor):
            self.reaction(connection, event, actor)

        unit = reaction(SENDER, HEARER, {Happened: act})
        return Consumer("sender→hearer", self.database, position, unit)

    async def happen(self, *numbers):
        await self.database.write(each(self._append), numbers, SYSTEM)

    def _append(self, connection, numbers, _actor):
        SENDER.append(connection, [Happened(n=n) for n in numbers])
        if 13 in numbers:
            raise ZeroDivisionError

    async def positions(self):
        return [logged.position for logged in await self.events()]

    async def events(self):
        return await self.database.read(lambda c: SENDER.list_events(c, 0))

    async def effects(self):
        return await self.database.read(lambda c: list(c.scalars(select(EFFECTS.c.n))))


@asynccontextmanager
async def site(path, *, relayed=True, consumed=False):
    here = Site(path)
    here.database.start()
    if consumed:
        here.relay.consume(here.consumer())
    if relayed:
        await here.relay.start()
        here.relay.feed()
    try:
        yield here
    finally:
        await here.relay.stop()
        await here.database.stop()


def fail(_connection, _event, _actor):
    raise ZeroDivisionError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "test.db"


async def test_positions_are_dense(path):
    async with site(path, relayed=False) as here:
        await asyncio.gather(*(here.happen(n, n + 100) for n in range(20, 40)))
        assert await here.positions() == list(range(1, 41))


async def test_what_is_rolled_back_did_not_happen(path):
    async with site(path) as here:
        await here.happen(1)
        with pytest.raises(Internal):
            await here.happen(12, 13)
        await here.happen(2)
        await here.relay.settled()
        assert here.heard == [1, 2]
        assert (await here.positions())[-1] == 2


async def test_events_are_heard_in_the_order_of_their_positions(path):
    async with site(path) as here:
        await asyncio.gather(*(here.happen(n) for n in range(20, 120)))
        await here.relay.settled()
        assert here.heard == list(range(20, 120))


async def test_a_command_that_awaits_the_relay_knows_that_its_events_were_heard(path):
    async with site(path) as here:
        for n in range(20, 40):
            await here.happen(n)
            await here.relay.settled()
            assert here.heard[-1] == n


async def test_what_a_crash_left_is_published_at_the_next_start(path):
    async with site(path, relayed=False) as before:
        await before.happen(1, 2, 3)
    async with site(path) as after:
        await after.relay.settled()
        assert after.heard == [1, 2, 3]
        await after.happen(4)
        await after.relay.settled()
        assert after.heard == [1, 2, 3, 4]


async def test_what_is_committed_while_the_relay_starts_is_heard_once_and_in_order(path):
    async with site(path, relayed=False) as here:
        await here.happen(1, 2)
        starting = asyncio.ensure_future(here.relay.start())
        await asyncio.gather(*(here.happen(n) for n in range(20, 40)), starting)
        await here.relay.settled()
        assert here.heard == [1, 2, *range(20, 40)]


async def test_rows_that_everyone_has_passed_go_with_a_later_transaction(path):
    async with site(path) as here:
        await here.happen(1, 2, 3)
        await here.relay.settled()
        await here.happen(4)
        assert await here.positions() == [4]


async def test_rows_that_a_consumer_has_not_passed_stay(path):
    async with site(path, consumed=True) as here:
        here.reaction = fail
        await here.happen(1, 2)
        await here.relay.settled()
        await here.happen(3)
        assert await here.positions() == [1, 2, 3]


async def test_positions_go_on_after_all_rows_are_gone(path):
    async with site(path) as here:
        await here.happen(1, 2, 3)
        await here.relay.settled()
        await here.happen(4)
        await here.relay.settled()
    async with site(path) as again:
        await again.happen(5)
        assert (await again.positions())[-1] == 5


async def test_a_class_that_nobody_knows_any_more_is_left_out(path):
    async with site(path, relayed=False) as here:
        await here.database.write(
            each(lambda c, _r, _a: SENDER.append(c, [Unknown(n=1), Happened(n=2)])), None, SYSTEM
        )
    async with site(path) as after:
        await after.relay.settled()
        assert after.heard == [2]


async def test_a_durable_reaction_happens_once_and_in_order(path):
    async with site(path, consumed=True) as here:
        await asyncio.gather(*(here.happen(n) for n in range(20, 60)))
        await here.relay.consumed()
        assert await here.effects() == list(range(20, 60))


async def test_a_consumer_goes_on_where_it_was(path):
    async with site(path, consumed=True) as here:
        await here.happen(1, 2)
        await here.relay.consumed()
    async with site(path, relayed=False) as away:
        await away.happen(3, 4)
    async with site(path, consumed=True) as back:
        await back.relay.consumed()
        assert back.acted == [3, 4]
        assert await back.effects() == [1, 2, 3, 4]


async def test_a_reaction_that_fails_is_tried_again_and_keeps_its_place(path, monkeypatch):
    monkeypatch.setattr("tertulia.kit.outbox.relay.RETRY_SECONDS", 0.01)
    async with site(path) as here:
        await here.happen(1, 2, 3)
    failures = iter([True, False, True])
    async with site(path, relayed=False) as here:

        def sometimes(connection, event, actor):
            here.react(connection, event, actor)
            if event.n == 2 and next(failures, False):
                raise ZeroDivisionError

        here.reaction = sometimes
        here.relay.consume(here.consumer())
        await here.relay.start()
        here.relay.feed()
        await here.relay.consumed()
        assert await here.effects() == [1, 2, 3]


async def test_how_far_a_consumer_is_behind_is_measured_while_it_is_served(path):
    def behind():
        labels = {"consumer": "sender→hearer"}
        return REGISTRY.get_sample_value("tertulia_consumer_behind_events", labels)

    async with site(path, consumed=True) as here:
        await here.happen(1)
        await here.relay.consumed()
        assert behind() == 0
    assert behind() is None


async def test_an_event_told_twice_is_acted_on_once(path):
    async with site(path, relayed=False) as here:
        await here.happen(7)
        consumer = here.consumer()
        (logged,) = await here.events()
        for _ in range(2):
            await here.database.write(consumer.unit, logged, SYSTEM)
        assert await here.effects() == [7]


async def test_a_listener_that_fails_does_not_stop_the_relay(path):
    async with site(path) as here:

        async def fail(_event):
            raise ZeroDivisionError

        here.bus.listen(Happened, fail)
        await here.happen(1)
        await here.happen(2)
        await here.relay.settled()
        assert here.heard == [1, 2]


async def test_the_relay_is_late_while_many_events_wait_to_be_heard(path):
    reached, released = asyncio.Event(), asyncio.Event()
    async with site(path) as here:

        async def wait(_event):
            reached.set()
            await released.wait()

        here.bus.listen(Happened, wait)
        try:
            await here.happen(1, 2)
            await here.happen(3)
            await reached.wait()
            assert here.relay.late == 0
            await here.happen(*range(20, 20 + MANY))
            first = here.relay.late
            assert 0 < first < here.relay.late
        finally:
            released.set()
        await here.relay.settled()
        assert here.relay.late == 0


async def test_stopping_publishes_what_is_committed(path):
    released = asyncio.Event()
    async with site(path) as here:

        async def wait(_event):
            await released.wait()

        here.bus.listen(Happened, wait)
        await here.happen(1, 2, 3)
        stopping = asyncio.ensure_future(here.relay.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        released.set()
        await stopping
        assert here.heard == [1, 2, 3]


async def test_two_databases_in_one_process_have_logs_of_their_own(tmp_path):
    async with site(tmp_path / "one.db") as one, site(tmp_path / "other.db") as other:
        await one.happen(1)
        await other.happen(2)
        await one.relay.settled()
        await other.relay.settled()
        assert (one.heard, other.heard) == ([1], [2])
