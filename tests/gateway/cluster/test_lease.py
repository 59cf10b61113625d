"""A lease: what has to be carried out before it is had, from when it counts, and when it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.accounts.contract import SessionsRevoked
from tertulia.chaos.simulation.virtual_time import run
from tertulia.gateway.cluster.heartbeat import REPEATS, SILENT_SECONDS, Heartbeat
from tertulia.gateway.cluster.lease import Lease
from tertulia.gateway.cluster.leases import Leases
from tertulia.kernel.errors import Unavailable
from tertulia.kernel.ids import new_id
from tertulia.kit.bus.barriers import (
    ALIVE,
    ALIVE_SECONDS,
    BEAT_SECONDS,
    LEASE_SECONDS,
    PAGE,
    Barrier,
    Beat,
    barriers_of,
)
from tests.gateway.cluster.line import Broker, Owner

SERVICE = "accounts"
GATEWAY = "a-gateway"


def revocation() -> SessionsRevoked:
    return SessionsRevoked(user_id=new_id(), session_ids=[new_id()])


class Scene:
    """A gateway that follows one owner, and writes down what it does."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.slept = 0.0
        """Seconds that went by while the process stood still."""
        self.broker = Broker()
        self.owner = Owner(SERVICE)
        self.done: list[Any] = []
        self.leases = Leases([SERVICE], now=self.now)
        self.heartbeat = Heartbeat(self.broker, GATEWAY, self.now)
        self.lease = Lease(self.broker, GATEWAY, SERVICE)
        self.lease.known = self.heartbeat.known
        self.lease.carry_out = self.carry_out
        self.lease.revalidate = self.revalidate
        self.lease.renewed = self.renew
        self.fails: Callable[[Barrier], Exception | None] = lambda _: None
        self.gate = asyncio.Event()
        self.gate.set()

    def now(self) -> float:
        return self.loop.time() + self.slept

    async def carry_out(self, barrier: Barrier) -> None:
        await self.gate.wait()
        failure = self.fails(barrier)
        if failure is not None:
            raise failure
        self.done.append(barrier.position)

    async def revalidate(self) -> None:
        self.done.append("revalidated")

    def renew(self, until: float) -> None:
        self.leases.renew(SERVICE, until)

    async def start(self) -> None:
        await self.owner.serve(self.broker).start()
        await self.heartbeat.start()
        await self.lease.start()

    async def stop(self) -> None:
        await self.lease.stop()
        self.leases.give_up()
        await self.heartbeat.stop()
        for process in self.owner.processes:
            await process.stop()

    async def held(self) -> None:
        """Started, with a lease, and known to the owner for long enough."""
        await self.start()
        await self.leases.held()
        await asyncio.sleep(LEASE_SECONDS + 1)

    async def confirmed(self) -> float:
        """The seconds that a command waits for what is committed."""
        began = self.loop.time()
        await self.owner.processes[0].confirmed(SERVICE, self.owner.head)
        return self.loop.time() - began


def played(play: Callable[[Scene], Awaitable[None]]) -> Scene:
    async def whole() -> Scene:
        scene = Scene()
        await play(scene)
        await scene.stop()
        return scene

    return run(whole())


def test_the_first_lease_is_had_where_the_log_ends_and_all_is_looked_at_first():
    async def play(scene: Scene) -> None:
        scene.owner.commit(revocation())
        await scene.start()
        assert scene.leases.is_lost()
        await scene.leases.held()

    assert played(play).done == ["revalidated"]


def test_a_barrier_is_carried_out_before_the_command_is_answered():
    async def play(scene: Scene) -> None:
        await scene.held()
        position = scene.owner.commit(revocation())
        assert await scene.confirmed() < BEAT_SECONDS
        assert scene.done[-1] == position

    played(play)


def test_while_a_barrier_is_not_carried_out_the_command_waits_and_then_there_is_no_lease():
    async def play(scene: Scene) -> None:
        await scene.held()
        scene.gate.clear()
        scene.owner.commit(revocation())
        assert await scene.confirmed() == pytest.approx(LEASE_SECONDS)
        assert scene.leases.is_lost()

    assert played(play).done == ["revalidated"]


def test_what_cannot_be_carried_out_gives_no_lease_before_all_was_looked_at():
    async def play(scene: Scene) -> None:
        await scene.held()
        scene.done.clear()
        scene.fails = lambda _: ZeroDivisionError()
        scene.owner.commit(revocation())
        await scene.confirmed()

    assert played(play).done == ["revalidated"]


def test_what_cannot_be_carried_out_for_now_is_tried_again_from_there():
    async def play(scene: Scene) -> None:
        await scene.held()
        scene.done.clear()
        failures: list[Exception] = [ExceptionGroup("", [Unavailable()]), Unavailable()]
        scene.fails = lambda it: failures.pop() if failures and it.position == 2 else None
        positions = [scene.owner.commit(revocation()) for _ in range(3)]
        await scene.confirmed()
        assert scene.done == positions

    played(play)


def test_while_looking_at_all_fails_too_there_is_no_lease():
    async def play(scene: Scene) -> None:
        async def fail() -> None:
            raise ZeroDivisionError

        scene.lease.revalidate = fail
        await scene.start()
        await asyncio.sleep(10)
        assert scene.leases.is_lost()

    played(play)


def test_a_lease_counts_from_the_moment_of_asking():
    async def play(scene: Scene) -> None:
        await scene.held()
        await asyncio.sleep(BEAT_SECONDS)
        asked_at = scene.loop.time()
        scene.broker.seconds = 0.4  # there, and back
        scene.lease.look()
        await asyncio.sleep(1)
        scene.broker.connected = False
        await asyncio.sleep(asked_at + LEASE_SECONDS + BEAT_SECONDS - scene.loop.time())
        assert scene.leases.is_lost()

    played(play)


def test_without_the_owner_it_ends_in_time_and_with_it_what_was_missed_is_carried_out():
    async def play(scene: Scene) -> None:
        await scene.held()
        scene.done.clear()
        term = scene.leases.term
        scene.broker.connected = False
        await asyncio.sleep(LEASE_SECONDS)
        assert scene.leases.is_lost()
        positions = [scene.owner.commit(revocation()) for _ in range(3)]
        scene.broker.connected = True
        await scene.leases.held()
        assert scene.done == positions
        assert scene.leases.term == term + 1

    played(play)


@pytest.mark.parametrize("goes_back", [False, True], ids=["rows are gone", "owner was set back"])
def test_where_barriers_may_be_missing_all_is_looked_at(goes_back: bool):
    async def play(scene: Scene) -> None:
        for _ in range(5):
            scene.owner.commit(revocation())
        await scene.held()
        scene.done.clear()
        scene.broker.connected = False
        await asyncio.sleep(LEASE_SECONDS)
        if goes_back:
            scene.owner.head = 2
            del scene.owner.rows[2:]
        else:
            scene.owner.commit(revocation())
            scene.owner.forget()
        scene.broker.connected = True
        await scene.leases.held()

    assert played(play).done == ["revalidated"]


def test_more_than_a_page_is_asked_for_to_the_end_before_there_is_a_lease():
    async def play(scene: Scene) -> None:
        await scene.held()
        scene.done.clear()
        scene.broker.connected = False
        await asyncio.sleep(LEASE_SECONDS)
        for _ in range(PAGE + 1):
            scene.owner.commit(revocation())
        scene.broker.connected = True
        await scene.leases.held()
        assert scene.done == [it.position for it in scene.owner.rows]

    played(play)


def test_a_process_that_stood_still_wakes_up_paused():
    async def play(scene: Scene) -> None:
        await scene.held()
        assert scene.leases.is_held()
        scene.slept += LEASE_SECONDS
        assert scene.leases.is_lost()

    played(play)


def test_owners_hear_of_a_gateway_before_it_asks_and_again_after_a_silence():
    async def play(scene: Scene) -> None:
        await scene.held()
        first = scene.broker.said.index(scene.broker.to(barriers_of(SERVICE))[0])
        assert len([it for it in scene.broker.said[:first] if it.subject == ALIVE]) >= REPEATS
        scene.broker.said.clear()
        scene.slept += SILENT_SECONDS
        await scene.leases.held()
        assert len(scene.broker.to(ALIVE)) >= REPEATS

    played(play)


def test_who_leaves_tells_nothing_any_more_and_is_not_waited_for():
    async def play(scene: Scene) -> None:
        await scene.held()
        await scene.lease.stop()
        scene.leases.give_up()
        assert scene.leases.is_lost()
        await scene.heartbeat.stop()
        await asyncio.sleep(0)
        scene.owner.commit(revocation())
        assert await scene.confirmed() < BEAT_SECONDS
        assert Beat.model_validate_json(scene.broker.to(ALIVE)[-1].payload).leaves

    played(play)


def test_any_process_of_the_owner_may_answer_and_each_waits_for_the_gateway():
    async def play(scene: Scene) -> None:
        await scene.owner.serve(scene.broker).start()
        await scene.held()
        for process in scene.owner.processes:
            position = scene.owner.commit(revocation())
            await process.confirmed(SERVICE, position)
            assert scene.done[-1] == position

    played(play)


def test_a_line_that_loses_every_third_word_costs_no_pause():
    async def play(scene: Scene) -> None:
        await scene.held()
        term = scene.leases.term
        scene.broker.is_lost = lambda _: len(scene.broker.said) % 3 == 0
        for _ in range(20):
            scene.owner.commit(revocation())
            await scene.confirmed()
            assert scene.done[-1] == scene.owner.head or scene.leases.is_lost()
            await asyncio.sleep(ALIVE_SECONDS / 20)
        assert scene.leases.term == term

    played(play)
