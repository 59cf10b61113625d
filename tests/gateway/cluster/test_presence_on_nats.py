"""Presence and gateways, each with a line of its own to NATS, any of which may be cut."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from tertulia.conversations.contract.people import Acquaintances, FindAcquaintances
from tertulia.conversations.contract.spaces import SpaceRemoved
from tertulia.gateway.cluster import presence as attending
from tertulia.gateway.cluster.presence import Attendance
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Unavailable
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tertulia.kit.bus.barriers import Barrier, BarrierPage, LineBarriers, Look, barriers_of
from tertulia.kit.bus.nats import NatsBus, NatsLine
from tertulia.kit.service import Policy
from tertulia.presence.contract import Changed, Connect, Watch
from tertulia.presence.rules import gateways, roster
from tertulia.presence.wiring import wire
from tertulia.runtime.house import House
from tertulia.runtime.outboxes import SharedOutboxes
from tertulia.runtime.services import events_query
from tests.support.clock import StoppedClock

pytestmark = pytest.mark.split
SECONDS = 20


@pytest.fixture(autouse=True)
def _sooner(monkeypatch):
    """All that is waited for takes a tenth of the time."""
    for module, names in {
        gateways: ["SILENT"],
        roster: ["GRACE", "PRESUMED"],
        attending: ["RENEW_SECONDS"],
    }.items():
        for name in names:
            monkeypatch.setattr(module, name, getattr(module, name) / 10)


class Process:
    """What the processes have in common: a line, and a bus on it."""

    def __init__(self, url: str) -> None:
        self.line = NatsLine(url)
        self.bus = NatsBus(self.line)

    async def start(self) -> None:
        await self.line.start()
        await self.bus.start()

    async def kill(self) -> None:
        """Nothing more comes from here."""
        await self.line.stop()


class Conversations(Process):
    """Says who sees whom, and who lost a place; it tells nothing live."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.strangers: set[str] = set()
        self._lost: list[SpaceRemoved] = []
        self.bus.serve(FindAcquaintances, self._find)

    async def start(self) -> None:
        await super().start()
        await self.line.subscribe(barriers_of("conversations"), self._list)

    def removes(self, user_id: str) -> None:
        self.strangers.add(user_id)
        self._lost.append(SpaceRemoved(space_id=new_id(), user_id=user_id))

    async def _find(self, request: FindAcquaintances, actor: Actor) -> Acquaintances:
        known = [it for it in request.user_ids if not self.strangers & {it, actor.id}]
        return Acquaintances(user_ids=known)

    async def _list(self, said: Any) -> None:
        after, head = Look.model_validate_json(said.payload).after, len(self._lost)
        items = [
            Barrier(position=at, wire_name=it.wire_name, body=it.model_dump())
            for at, it in enumerate(self._lost, start=1)
            if after is not None and at > after
        ]
        page = BarrierPage(items=items, reached=head, head=head, kept_from=1)
        self.line.send(said.reply, page.encoded)


class Presence(Process):
    """As the runtime puts it together."""

    async def start(self) -> None:
        await self.line.start()
        nothing: Any = SimpleNamespace()
        self._house = House(
            [wire],
            database=lambda _: nothing,
            bus=self.bus,
            clock=StoppedClock(),
            limits=Limits(),
            policy=Policy(),
            outboxes=SharedOutboxes(
                self.bus,
                self.line,
                LineBarriers(self.line),
                followers=lambda _: (),
                query=events_query,
            ),
        )
        await self._house.start()

    async def kill(self) -> None:
        await super().kill()
        await self._house.stop()


class Gateway(Process):
    """One with a connection of somebody, and whose end it was told."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.attendance = Attendance(self.bus, new_id())
        self.who = Actor(id=new_id(), kind="person", connection_id=new_id())
        self.gone: list[str] = []
        """The people who were told to be offline."""
        self._news = asyncio.Condition()
        self.bus.listen(Changed, self._hear)

    async def start(self) -> None:
        await super().start()
        self.attendance.attend()
        with suppress(Unavailable):  # said again when presence is there
            await self.attendance.ask(Connect(), self.who)

    async def kill(self) -> None:
        await super().kill()
        await self.attendance.leave()

    async def watches(self, *others: "Gateway") -> list[str]:
        ids = [it.who.id for it in others]
        answer = await self.attendance.ask(Watch(user_ids=ids), self.who)
        return [answer.states[it] for it in ids]

    async def hears_of_end(self, *gone: "Gateway") -> None:
        """That these went, and nobody else since the beginning; that somebody is here may be told twice."""
        ids = [it.who.id for it in gone]
        async with asyncio.timeout(SECONDS), self._news:
            await self._news.wait_for(lambda: len(self.gone) >= len(ids))
        assert self.gone == ids

    async def _hear(self, change: Changed) -> None:
        if self.who.connection_id in change.connection_ids and change.state == "offline":
            async with self._news:
                self.gone.append(change.user_id)
                self._news.notify_all()


@asynccontextmanager
async def running(process: Process) -> AsyncIterator[None]:
    try:
        await process.start()
        yield
    finally:
        await process.kill()


async def until_online(asker: Gateway, *others: Gateway) -> None:
    """Everybody came, as presence sees it."""
    async with asyncio.timeout(SECONDS):
        while set(await asker.watches(*others)) != {"online"}:
            await asyncio.sleep(0.01)


async def test_presence_begins_anew_and_gateways_die_and_what_is_told_is_true(nats_server):
    url = nats_server.url
    conversations, presence = Conversations(url), Presence(url)
    ana, bruno, carla, diego = (Gateway(url) for _ in range(4))
    async with running(conversations), running(ana), running(bruno), running(carla):
        async with running(presence):
            await until_online(ana, bruno, carla)
        async with running(Presence(url)), running(diego):
            # A connection of after the restart learns who is here without anybody connecting again.
            await until_online(diego, ana, bruno, carla)
            await bruno.kill()
            await ana.hears_of_end(bruno)
            await diego.hears_of_end(bruno)
            conversations.removes(diego.who.id)
            await carla.kill()
            await ana.hears_of_end(bruno, carla)
            await diego.hears_of_end(bruno)
