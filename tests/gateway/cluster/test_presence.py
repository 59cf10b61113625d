"""Presence beside gateways of which any may die, in time that is free."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from tertulia.chaos.simulation.virtual_time import run
from tertulia.conversations.contract.people import Acquaintances, FindAcquaintances
from tertulia.gateway.cluster.presence import RENEW_SECONDS, Attendance
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Unavailable
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.service import Kit, Policy, Service
from tertulia.presence.contract import Changed, Connect, Disconnect, Watch
from tertulia.presence.rules.gateways import SILENT
from tertulia.presence.rules.roster import GRACE, PRESUMED
from tertulia.presence.wiring import wire
from tests.support.clock import StoppedClock

SETTLED = max(SILENT + GRACE, PRESUMED) + 2 * RENEW_SECONDS
"""Seconds after which what is told is true again, whatever died."""


class Town:
    """A presence that can be killed, and who sees whom: everybody."""

    def __init__(self) -> None:
        self.bus = LocalBus(recode=True)
        self.presence: Service | None = None
        self.loses: list[type] = []
        """What is said to presence and gets lost, each once."""
        self.holds: asyncio.Event | None = None
        """What the next watch waits for until it counts."""
        self.told: list[tuple[str, str]] = []
        """Who is how, as somebody was told."""
        self.bus.serve(FindAcquaintances, self._find)
        self.bus.listen(Changed, self._hear)
        for request in self._wired().serves:
            self.bus.serve(request, self._ask)

    async def start(self) -> None:
        self.presence = self._wired()
        assert self.presence.on_start
        await self.presence.on_start()

    async def kill(self) -> None:
        presence, self.presence = self.presence, None
        assert presence
        assert presence.on_stop
        await presence.on_stop()

    def gateway(self) -> Attendance:
        """A new one, at work."""
        gateway = Attendance(self.bus, new_id())
        gateway.attend()
        return gateway

    async def _find(self, request: FindAcquaintances, _actor: Actor) -> Acquaintances:
        holds, self.holds = self.holds, None
        if holds is not None:
            await holds.wait()
        return Acquaintances(user_ids=request.user_ids)

    async def _ask(self, request: Any, actor: Actor) -> Any:
        if type(request) in self.loses:
            self.loses.remove(type(request))
            raise Unavailable
        if self.presence is None:
            raise Unavailable
        return await self.presence.serves[type(request)](request, actor)

    async def _hear(self, change: Changed) -> None:
        self.told.append((change.user_id, change.state))

    def _wired(self) -> Service:
        nothing: Any = SimpleNamespace()
        return wire(
            Kit(
                database=nothing,
                bus=self.bus,
                clock=StoppedClock(),
                limits=Limits(),
                policy=Policy(),
                settled=_at_once,
                followed=_at_once,
                heard=_at_once,
            )
        )


async def _at_once(_service: str) -> None:
    """Nobody loses a place here."""


def comer() -> Actor:
    """Somebody with a new connection."""
    return Actor(id=new_id(), kind="person", connection_id=new_id())


async def watch(gateway: Attendance, who: Actor, *others: Actor) -> list[str]:
    answer = await gateway.ask(Watch(user_ids=[it.id for it in others]), who)
    return [answer.states[it.id] for it in others]


def listen(gateway: Attendance) -> list[tuple[str, str]]:
    """What its connections are told from now on."""
    heard: list[tuple[str, str]] = []

    async def hear(change: Changed) -> None:
        heard.append((change.user_id, change.state))

    gateway.listen(Changed, hear)
    return heard


@pytest.fixture
def story():
    """Runs a story of ana and bruno, each at a gateway of their own, who watch each other."""

    def tell(play: Any) -> None:
        async def played() -> None:
            town, ana, bruno = Town(), comer(), comer()
            await town.start()
            one, other = town.gateway(), town.gateway()
            for gateway, who, whom in ((one, ana, bruno), (other, bruno, ana)):
                await gateway.ask(Connect(), who)
                await watch(gateway, who, whom)
            await asyncio.sleep(SETTLED)
            assert await watch(one, ana, bruno) == ["online"]
            assert await watch(other, bruno, ana) == ["online"]
            town.told.clear()
            await play(town, one, other, ana, bruno)
            for gateway in (one, other):
                await gateway.leave()
            if town.presence is not None:
                await town.kill()

        run(played())

    return tell


def test_after_a_restart_of_presence_everybody_is_online_and_nobody_noticed(story):
    async def play(town, one, other, ana, bruno):
        await town.kill()
        await asyncio.sleep(60)
        await town.start()
        await asyncio.sleep(SETTLED)
        assert town.told == []
        assert await watch(one, ana, bruno) == ["online"]
        await one.ask(Disconnect(), ana)
        await asyncio.sleep(SETTLED)
        assert town.told == [(ana.id, "offline")], "the watches are known again"

    story(play)


def test_who_went_while_presence_was_gone_is_told_offline_when_it_is_back(story):
    async def play(town, one, other, ana, bruno):
        await town.kill()
        with pytest.raises(Unavailable):
            await one.ask(Disconnect(), ana)
        await asyncio.sleep(60)
        await town.start()
        await asyncio.sleep(SETTLED)
        assert town.told == [(ana.id, "offline")]

    story(play)


def test_the_people_of_a_gateway_that_died_go_offline_and_those_of_others_stay(story):
    async def play(town, one, other, ana, bruno):
        await one.leave()
        await asyncio.sleep(SETTLED)
        assert town.told == [(ana.id, "offline")]
        assert await watch(other, bruno, ana, bruno) == ["offline", "online"]

    story(play)


def test_who_comes_back_at_another_gateway_in_time_was_never_gone(story):
    async def play(town, one, other, ana, bruno):
        await one.leave()
        await other.ask(Connect(), comer().model_copy(update={"id": ana.id}))
        await asyncio.sleep(SETTLED)
        assert town.told == []

    story(play)


def test_a_gateway_that_was_cut_off_says_everything_again(story):
    async def play(town, one, other, ana, bruno):
        await one.leave()
        await asyncio.sleep(SETTLED)
        one.attend()
        await asyncio.sleep(SETTLED)
        assert town.told == [(ana.id, "offline"), (ana.id, "online")]
        await other.ask(Disconnect(), bruno)
        await asyncio.sleep(SETTLED)
        assert town.told[2:] == [(bruno.id, "offline")], "ana watches bruno again"

    story(play)


def test_a_presence_that_stood_still_takes_nobody_for_silent(story):
    async def play(town, one, other, ana, bruno):
        loop: Any = asyncio.get_running_loop()
        loop.now += 60
        await asyncio.sleep(SETTLED)
        assert town.told == []

    story(play)


@pytest.mark.parametrize("lost", [Connect, Disconnect])
def test_what_was_lost_on_the_way_is_said_again(story, lost):
    async def play(town, one, other, ana, bruno):
        news = [Connect(), Disconnect()]
        second = comer()
        await watch(other, bruno, ana, second)
        for it in news:
            if type(it) is lost:
                town.loses.append(lost)
                with pytest.raises(Unavailable):
                    await one.ask(it, second)
            else:
                await one.ask(it, second)
            await asyncio.sleep(SETTLED)
        assert town.told == [(second.id, "online"), (second.id, "offline")]

    story(play)


def test_who_came_while_presence_was_gone_is_told_to_those_who_watch(story):
    async def play(town, one, other, ana, bruno):
        carla = comer()
        await watch(one, ana, bruno, carla)
        heard = listen(one)
        await town.kill()
        with pytest.raises(Unavailable):
            await other.ask(Connect(), carla)
        await asyncio.sleep(60)
        await town.start()
        await asyncio.sleep(SETTLED)
        assert set(heard) == {(carla.id, "online")}

    story(play)


@pytest.mark.parametrize("comes_back", [True, False])
def test_what_could_not_be_told_in_a_pause_is_told_after_it(story, comes_back):
    async def play(town, one, other, ana, bruno):
        heard = listen(one)
        one.may_tell = lambda: False
        await other.ask(Disconnect(), bruno)
        await asyncio.sleep(60)
        if comes_back:
            await other.ask(Connect(), bruno.model_copy(update={"connection_id": new_id()}))
            await asyncio.sleep(60)
        assert heard == []
        one.may_tell = lambda: True
        await asyncio.sleep(SETTLED)
        told = [(bruno.id, "offline"), (bruno.id, "online")]
        assert heard == (told if comes_back else told[:1])

    story(play)


def test_what_was_missed_is_told_after_what_came_later_and_nothing_is_told_twice(story):
    async def play(town, one, other, ana, bruno):
        carla, heard = comer(), listen(one)
        await watch(one, ana, bruno, carla)
        one.may_tell = lambda: False
        await other.ask(Disconnect(), bruno)
        while not town.told:
            await asyncio.sleep(0.1)
        one.may_tell = lambda: True
        await other.ask(Connect(), carla)
        await asyncio.sleep(0.001)
        assert heard == [(carla.id, "online")]
        await asyncio.sleep(SETTLED)
        assert heard == [(carla.id, "online"), (bruno.id, "offline")]

    story(play)


def test_of_two_watches_at_once_what_the_client_said_last_counts(story):
    async def play(town, one, other, ana, bruno):
        carla = comer()
        await other.leave()
        await town.kill()
        await town.start()
        said_again = town.holds = asyncio.Event()
        await asyncio.sleep(RENEW_SECONDS)
        assert town.holds is None, "the old watch is under way"
        await watch(one, ana, carla)
        said_again.set()
        await asyncio.sleep(SETTLED)
        town.told.clear()
        for person in (carla, bruno):
            await one.ask(Connect(), person)
        await asyncio.sleep(SETTLED)
        assert town.told == [(carla.id, "online")]

    story(play)
