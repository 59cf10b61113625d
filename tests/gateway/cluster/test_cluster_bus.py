"""The bus of a gateway among several: what is asked, and what is heard, with a lease and without one."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tertulia.accounts.contract import (
    Authenticate,
    Identity,
    SessionsRevoked,
    UserChanged,
    UserView,
)
from tertulia.chaos.simulation.virtual_time import run
from tertulia.conversations.contract.updates import MemberLeft
from tertulia.gateway.cluster.bus import ClusterBus
from tertulia.gateway.cluster.leases import Leases
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Unavailable
from tertulia.kernel.ids import new_id
from tertulia.kit.bus.local import LocalBus
from tertulia.presence.contract import Disconnect

OWNERS = ("accounts", "conversations")
BRUNO = UserView(
    id=new_id(), username="bruno", display_name="Bruno", avatar_url=None, kind="person"
)
IDENTITY = Identity(user=BRUNO, session_id=new_id(), administrator=False, version=1)
REVOKED = SessionsRevoked(user_id=BRUNO.id, session_ids=[IDENTITY.session_id])
CHANGED = UserChanged(user=BRUNO, version=1, active=True, created=False)
LEFT = MemberLeft(
    conversation_id=new_id(),
    seq=1,
    type="member_left",
    at=datetime(2026, 10, 8, tzinfo=UTC),
    actor_id=BRUNO.id,
    user=BRUNO,
    role="member",
    member_count=1,
)


class Scene:
    """A gateway's bus around that of the owners."""

    def __init__(self) -> None:
        self.now = asyncio.get_running_loop().time
        self.owners = LocalBus(recode=True)
        self.leases = Leases(OWNERS, now=self.now)
        self.bus = ClusterBus(self.owners, self.leases)
        self.heard: list[Any] = []
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.owners.serve(Authenticate, self._authenticate)
        self.owners.serve(Disconnect, self._disconnect)
        for kind in (SessionsRevoked, UserChanged, MemberLeft):
            self.bus.listen(kind, self._hear)

    def hold(self, seconds: float = 2.0) -> None:
        for owner in OWNERS:
            self.leases.renew(owner, self.now() + seconds)

    async def ask(self) -> Identity:
        return await self.bus.ask(Authenticate(token="una credencial"))

    async def _authenticate(self, _: Authenticate, __: Actor) -> Identity:
        self.asked.set()
        await self.gate.wait()
        return IDENTITY

    async def _disconnect(self, _: Disconnect, __: Actor) -> None:
        self.asked.set()

    async def _hear(self, event: Any) -> None:
        self.heard.append(event)


def played(play: Callable[[Scene], Awaitable[None]]) -> Scene:
    async def whole() -> Scene:
        scene = Scene()
        await play(scene)
        scene.leases.give_up()
        return scene

    return run(whole())


def test_with_a_lease_of_every_owner_it_answers():
    async def play(scene: Scene) -> None:
        scene.hold()
        assert await scene.ask() == IDENTITY

    played(play)


@pytest.mark.parametrize("owner", OWNERS)
def test_without_the_lease_of_one_owner_nothing_is_asked(owner: str):
    async def play(scene: Scene) -> None:
        scene.leases.renew(owner, scene.now() + 2)
        with pytest.raises(Unavailable) as refused:
            await scene.ask()
        assert refused.value.retry_after
        assert not scene.asked.is_set()

    played(play)


@pytest.mark.parametrize("is_back", [False, True], ids=["in a pause", "after a pause"])
def test_an_answer_that_comes_over_a_pause_is_not_given(is_back: bool):
    async def play(scene: Scene) -> None:
        scene.hold()
        scene.gate.clear()
        asking = asyncio.create_task(scene.ask())
        await scene.asked.wait()
        await asyncio.sleep(3)
        if is_back:
            scene.hold()
        scene.gate.set()
        with pytest.raises(Unavailable):
            await asking

    played(play)


def test_who_has_gone_is_gone_in_a_pause_too():
    async def play(scene: Scene) -> None:
        await scene.bus.ask(Disconnect())
        assert scene.asked.is_set()

    played(play)


def test_a_barrier_is_not_heard_as_the_bus_brings_it():
    async def play(scene: Scene) -> None:
        scene.hold()
        await scene.owners.publish(REVOKED)
        assert scene.heard == []
        await scene.bus.tell_barrier(REVOKED)

    assert played(play).heard == [REVOKED]


def test_a_barrier_that_fails_is_not_carried_out():
    async def play(scene: Scene) -> None:
        async def fail(_: Any) -> None:
            raise ZeroDivisionError

        scene.bus.listen(SessionsRevoked, fail)
        with pytest.raises(ZeroDivisionError):
            await scene.bus.tell_barrier(REVOKED)

    played(play)


def test_what_a_barrier_has_to_ask_is_asked_before_there_is_a_lease():
    async def play(scene: Scene) -> None:
        answers: list[Identity] = []

        async def ask(_: Any) -> None:
            answers.append(await scene.ask())

        scene.bus.listen(SessionsRevoked, ask)
        await scene.bus.tell_barrier(REVOKED)
        assert answers == [IDENTITY]
        with pytest.raises(Unavailable):
            await scene.ask()

    played(play)


def test_other_news_is_dropped_in_a_pause():
    async def play(scene: Scene) -> None:
        await scene.owners.publish(CHANGED)
        assert scene.heard == []
        scene.hold()
        await scene.owners.publish(CHANGED)

    assert played(play).heard == [CHANGED]


def test_updates_go_through_the_order_of_their_conversation():
    async def play(scene: Scene) -> None:
        came: list[Any] = []

        async def keep(update: Any) -> None:
            came.append(update)

        scene.bus.hear_update = keep
        await scene.owners.publish(LEFT)
        assert (came, scene.heard) == ([LEFT], [])
        await scene.bus.tell_update(LEFT)

    assert played(play).heard == [LEFT]
