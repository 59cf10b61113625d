"""Presence alone: a bus, somebody who answers who sees whom, and time that is free."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tertulia.chaos.simulation.virtual_time import VirtualLoop
from tertulia.conversations.contract.people import Acquaintances, FindAcquaintances
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError, Unavailable
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Event
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.service import Kit, Policy
from tertulia.presence.contract import Changed, Connect, Disconnect, SetTyping, Typing, Watch
from tertulia.presence.wiring import wire
from tests.support.clock import StoppedClock


def pytest_asyncio_loop_factories(config, item):
    """Time is free, except beside a database, whose threads have a time of their own."""
    if item.path.name == "test_acquaintances.py":
        return {"real": asyncio.new_event_loop}
    return {"virtual": VirtualLoop}


class Plaza:
    """Presence as the gateway sees it, and the acquaintances that conversations would know."""

    def __init__(self, *, rate_limits=True, limits=None) -> None:
        self.bus = LocalBus(recode=True)
        self.clock = StoppedClock()
        self.heard: list[tuple[float, Event]] = []
        self.sees: defaultdict[str, set[str]] = defaultdict(set)
        self.asked: list[str] = []
        """On whose behalf it was asked who sees whom, in order."""
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        """Done once while that is answered."""
        self.fails: AppError | None = None
        """Raised instead of an answer."""
        self.unheard: list[Event] = []
        """Barriers that were not told live, and are heard when it is asked for them."""
        self.deaf = False
        """Whether nobody says what happened."""
        database: Any = SimpleNamespace()
        self.service = wire(
            Kit(
                database=database,
                bus=self.bus,
                clock=self.clock,
                limits=limits or Limits(),
                policy=Policy(),
                settled=self._unasked,
                followed=self._unasked,
                heard=self._heard,
                rate_limits=rate_limits,
            )
        )
        for request, handler in self.service.serves.items():
            self.bus.serve(request, handler)
        for event, listener in self.service.live.items():
            self.bus.listen(event, listener)
        self.bus.serve(FindAcquaintances, self.find_acquaintances)
        self.bus.listen(Event, self._hear)

    def meet(self, *people: "Person") -> None:
        """They share a space."""
        for person in people:
            self.sees[person.id] |= {other.id for other in people} - {person.id}

    def part(self, one: "Person", other: "Person") -> None:
        """They share nothing any more; nobody is told yet."""
        self.sees[one.id].discard(other.id)
        self.sees[other.id].discard(one.id)

    async def find_acquaintances(self, request: FindAcquaintances, actor: Actor) -> Acquaintances:
        self.asked.append(actor.id)
        if self.fails is not None:
            raise self.fails
        seen = [it for it in request.user_ids if it in self.sees[actor.id]]
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return Acquaintances(user_ids=seen)

    def changes(self, connection: str) -> list[tuple[str, str]]:
        """Of whom a connection heard what."""
        return [
            (event.user_id, event.state)
            for _, event in self.heard
            if isinstance(event, Changed) and connection in event.connection_ids
        ]

    def typing(self) -> list[Typing]:
        return [event for _, event in self.heard if isinstance(event, Typing)]

    async def _hear(self, event: Event) -> None:
        self.heard.append((asyncio.get_running_loop().time(), event))

    async def _heard(self, service: str) -> None:
        assert service == "conversations"
        if self.deaf:
            raise Unavailable
        while self.unheard:
            event = self.unheard.pop(0)
            await self.service.live[type(event)](event)

    async def _unasked(self, service: str) -> None:
        raise NotImplementedError


class Person:
    """Somebody with connections."""

    def __init__(self, plaza: Plaza) -> None:
        self.plaza = plaza
        self.id = new_id()

    def at(self, connection: str | None) -> Actor:
        return Actor(id=self.id, kind="person", connection_id=connection)

    async def connects(self, connection: str) -> None:
        await self.plaza.bus.ask(Connect(), self.at(connection))

    async def leaves(self, connection: str) -> None:
        await self.plaza.bus.ask(Disconnect(), self.at(connection))

    async def watches(self, connection: str | None, *people: "Person") -> dict[str, str]:
        request = Watch(user_ids=[person.id for person in people])
        answer = await self.plaza.bus.ask(request, self.at(connection))
        return dict(answer.states)

    async def types(self, conversation_id: str, connection: str = "x") -> None:
        request = SetTyping(conversation_id=conversation_id)
        await self.plaza.bus.ask(request, self.at(connection))


@pytest.fixture
async def plaza():
    plaza = Plaza()
    yield plaza
    stop = plaza.service.on_stop
    assert stop is not None
    await stop()


@pytest.fixture
def ana(plaza):
    return Person(plaza)


@pytest.fixture
def bruno(plaza, ana):
    bruno = Person(plaza)
    plaza.meet(ana, bruno)
    return bruno
