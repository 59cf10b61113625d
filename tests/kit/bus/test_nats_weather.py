"""The bus over a connection that is cut, delayed, and carries nothing for a while."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from nats.aio.msg import Msg

from tertulia.chaos.faults.proxy import Proxy
from tertulia.chaos.faults.weather import Weather
from tertulia.kernel.errors import DeadlinePassed, Unavailable
from tertulia.kernel.limits import Limits
from tertulia.kit.bus.nats.hearing import Subscription
from tests.kit.bus.conftest import Ears, Processes, processes_on
from tests.kit.bus.contract import ANA, Lamp, Light, Note, ToldIn

pytestmark = pytest.mark.split

QUICK = Limits(deadline_seconds=1)


@pytest.fixture
async def proxy(nats_server) -> AsyncIterator[Proxy]:
    async with Proxy(nats_server.port, seed=7) as proxy:
        yield proxy


@pytest.fixture
async def processes(nats_server, proxy, monkeypatch) -> AsyncIterator[Processes]:
    """Of which each speaks through the proxy."""
    monkeypatch.setattr("tertulia.kit.bus.nats.connection.PULSE_PATIENCE", 0.5)
    async with processes_on(nats_server.url.replace(str(nats_server.port), str(proxy.port))) as it:
        yield it


async def lit(_request, _actor):
    return Lamp(lit=True)


async def test_a_line_that_carries_nothing_is_given_up_and_made_again(processes, proxy):
    owner, asks = await processes.bus(), await processes.bus()
    owner.serve(Light, lit)
    await owner.start()
    async with proxy.under(Weather("black hole", carries=False)):
        with pytest.raises((Unavailable, DeadlinePassed)):
            await asks.ask(Light(name="hall"))
        await processes.away()
        with pytest.raises(Unavailable):
            await asks.ask(Light(name="hall"))
    await processes.connected()
    assert (await asks.ask(Light(name="hall"))).lit


async def test_in_a_storm_every_request_ends_and_every_order_holds(processes, proxy):
    begun: list[int] = []

    async def note(request, _actor):
        begun.append(request.n)
        return Lamp(lit=True)

    owner, asks = await processes.bus(), await processes.bus(QUICK)
    ears = Ears()
    owner.serve(Note, note)
    asks.listen(ToldIn, ears, followed=True)
    await owner.start()
    await asks.start()
    await asks.follow(["plaza"])
    storm = Weather("storm", longest_delay=0.005, drops=0.03, cuts=0.03)
    ended = []
    async with proxy.under(storm):
        for n in range(100):
            await owner.publish(ToldIn(place="plaza", words=str(n)))
            call = asks.ask(Note(conversation_id="plaza", n=n), ANA)
            ended.append(asyncio.create_task(call))
            await asyncio.sleep(0.005)
        answers = await asyncio.gather(*ended, return_exceptions=True)
    kinds = {type(it) for it in answers}
    assert Lamp in kinds
    assert kinds <= {Lamp, Unavailable, DeadlinePassed}
    assert proxy.connections > 2
    assert begun == sorted(begun)
    await processes.connected()
    assert (await asks.ask(Note(conversation_id="plaza", n=100), ANA)).lit
    await asks.follow(["plaza"])
    await owner.publish(ToldIn(place="plaza", words="last"))
    while ears.heard[-1:] != [ToldIn(place="plaza", words="last")]:
        await ears.hear(len(ears.heard) + 1)
    numbers = [int(it.words) for it in ears.heard[:-1]]
    assert numbers == sorted(set(numbers))


async def test_what_is_lost_or_doubled_on_the_way_changes_no_order(nats_server, monkeypatch):
    chance, hear = random.Random(3), Subscription.hear

    async def lying(subscription: Subscription, message: Msg) -> None:
        for _ in range(chance.choice([0, 1, 1, 2])):
            await hear(subscription, message)

    begun: list[int] = []

    async def note(request, _actor):
        begun.append(request.n)
        return Lamp(lit=True)

    monkeypatch.setattr(Subscription, "hear", lying)
    async with processes_on(nats_server.url) as processes:
        owner, asks = await processes.bus(), await processes.bus(Limits(deadline_seconds=0.2))
        owner.serve(Note, note)
        await owner.start()
        ended = []
        for n in range(60):
            ended.append(asyncio.create_task(asks.ask(Note(n=n, conversation_id="plaza"), ANA)))
            await asyncio.sleep(0.01)
        answers = await asyncio.gather(*ended, return_exceptions=True)
    assert {type(it) for it in answers} == {Lamp, DeadlinePassed}
    assert {n for n, it in enumerate(answers) if isinstance(it, Lamp)} <= set(begun)
    first_times = list(dict.fromkeys(begun))
    assert first_times == sorted(first_times)
    assert len(begun) > len(first_times)
