"""Two gateways on a bus that loses, doubles and reorders what it tells: everybody hears each update once, in order."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from random import Random

import pytest
import pytest_asyncio
from nats.aio.msg import Msg

from tertulia.kit.bus.nats.hearing import Subscription
from tests.gateway.cluster.divided import Divided, Ear, divided
from tests.support.databases import a_database

pytestmark = [pytest.mark.split, pytest.mark.asyncio(loop_scope="module")]

PEOPLE, SOCKETS, MESSAGES = 5, 4, 10
LOST = DOUBLED = LATE = 0.3


class Rumour:
    """What is told on the way to whoever hears it; requests and answers come as they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._lies = False
        self.brought: Counter[str] = Counter()
        """By the topic, how often an event was brought to somebody."""
        self._chance = Random(11)
        self._hear = Subscription.hear
        self._tasks: set[asyncio.Task[None]] = set()
        rumour = self

        async def hear(subscription: Subscription, message: Msg) -> None:
            await rumour._bring(subscription, message)

        monkeypatch.setattr(Subscription, "hear", hear)

    @contextmanager
    def lying(self) -> Iterator[None]:
        """Meanwhile events are lost, doubled and late."""
        self._lies = True
        try:
            yield
        finally:
            self._lies = False

    async def _bring(self, subscription: Subscription, message: Msg) -> None:
        if not message.subject.startswith("tertulia.event."):
            await self._hear(subscription, message)
            return
        self.brought[message.subject.rpartition(".")[2]] += 1
        chance = self._chance.random
        copies = (chance() >= LOST) + (chance() < DOUBLED) if self._lies else 1
        for _ in range(copies):
            if self._lies and chance() < LATE:
                self._later(self._late(subscription, message))
            else:
                await self._hear(subscription, message)

    async def _late(self, subscription: Subscription, message: Msg) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.3))
        await self._hear(subscription, message)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@pytest.fixture(scope="module")
def rumour() -> Iterator[Rumour]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Rumour(monkeypatch)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(rumour: Rumour, nats_server, tmp_path_factory) -> AsyncIterator[Divided]:
    folder = tmp_path_factory.mktemp("lies")
    with a_database("lies") as database:
        async with divided(nats_server.url, database, folder, PEOPLE) as running:
            yield running


async def test_twenty_writers_at_two_gateways_are_heard_in_one_order(
    house: Divided, rumour: Rumour
):
    channel = await house.channel(*range(PEOPLE))
    ears = [await house.ear(n % PEOPLE, n % 2) for n in range(PEOPLE * SOCKETS)]
    begin = ears[0].ready["heads"][channel]["head"]

    async def write(ear: Ear, name: int) -> None:
        for n in range(MESSAGES):
            await ear.says(f"{name}: {n}", in_=channel)

    with rumour.lying():
        await asyncio.gather(*(write(ear, n) for n, ear in enumerate(ears)))
    last = begin + len(ears) * MESSAGES
    await asyncio.gather(*(ear.until_seq(channel, last) for ear in ears))
    for ear in ears:
        assert ear.seqs(channel) == list(range(begin + 1, last + 1))


async def test_a_gateway_hears_a_conversation_while_it_has_a_member_there(
    house: Divided, rumour: Rumour
):
    elena, fabio = await house.newcomer(), await house.newcomer()
    channel = await house.channel(elena, fabio)
    ear = await house.ear(elena, gateway=0)
    await house.ear(0, gateway=1)
    await ear.says("uno", in_=channel)
    await ear.until("conversations.message_posted")
    assert rumour.brought[channel] == 1
    other = await house.ear(fabio, gateway=1)
    await ear.says("dos", in_=channel)
    await other.until("conversations.message_posted")
    assert rumour.brought[channel] == 3


async def test_who_is_brought_in_and_taken_out_elsewhere_hears_what_is_between(
    house: Divided, rumour: Rumour
):
    channel = await house.channel(0, 1)
    ana, bruno, carla, diego = [await house.ear(n, gateway=n % 2) for n in range(4)]

    async def write() -> None:
        while True:
            await bruno.says("palabra", in_=channel)

    with rumour.lying():
        writing = asyncio.create_task(write())
        for ear in (carla, diego):
            member = {"conversation_id": channel, "user_id": ear.ready["user"]["id"]}
            await ana.asks("conversations.add_member", **member)
            seen = (await ear.until("conversations.added"))["conversation"]["head"]
            await ear.until_seq(channel, seen + 5)
            await ana.asks("conversations.remove_member", **member)
            await ear.until("conversations.removed")
            heard, left = len(ear.heard), ear.of("conversations.member_left")[0]["seq"]
            await ana.until_seq(channel, await house.posts(0, channel, "después"))
            told = [seq for seq in ear.seqs(channel) if seq > seen]
            assert told == list(range(seen + 1, left + 1))
            assert ear.heard[heard:] == []
        writing.cancel()


async def test_what_was_said_while_nats_was_away_is_heard_when_it_is_back(
    own_nats_server, tmp_path
):
    with a_database("away") as database:
        async with divided(own_nats_server.url, database, tmp_path, 2) as house:
            channel = await house.channel(0, 1)
            ears = [await house.ear(n, gateway=n) for n in range(2)]
            begin = ears[0].ready["heads"][channel]["head"]
            await asyncio.to_thread(own_nats_server.stop)
            last = [await house.posts(0, channel, f"{n}") for n in range(5)][-1]
            await asyncio.to_thread(own_nats_server.start)
            for ear in ears:
                await ear.until_seq(channel, last)
                assert ear.seqs(channel) == list(range(begin + 1, last + 1))
