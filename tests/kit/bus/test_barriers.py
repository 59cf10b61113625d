"""Barriers, the side of the owner: whom a command waits for, and for how long."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tertulia.chaos.simulation.virtual_time import run
from tertulia.kit.bus.barriers import (
    ALIVE,
    ALIVE_SECONDS,
    LEASE_SECONDS,
    BarrierPage,
    Beat,
    LineBarriers,
    Look,
    Passed,
    barriers_of,
    heard,
    pokes_of,
)

SERVICE = "conversations"


@dataclass
class Said:
    subject: str
    payload: bytes
    reply: str | None = None


class Broker:
    """A line in memory: says at once what is sent to those who listen."""

    def __init__(self) -> None:
        self.connected = True
        self.sent: list[Said] = []
        self._ears: dict[str, list[Callable[[Any], Awaitable[None]]]] = {}
        self._tasks: set[Any] = set()

    async def call(self, subject: str, payload: bytes, *, seconds: float) -> bytes:
        raise NotImplementedError

    def send(self, subject: str, payload: bytes, *, reply: str | None = None) -> None:
        said = Said(subject, payload, reply)
        self.sent.append(said)
        for ear in self._ears.get(subject, ()):
            task: Any = asyncio.ensure_future(ear(said))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def subscribe(
        self, subject: str, callback: Callable[[Any], Awaitable[None]], *, queue: str = ""
    ) -> None:
        self._ears.setdefault(subject, []).append(callback)

    async def gateway(self, name: str, *, answers: bool = True) -> None:
        """One that is heard, and passes each barrier when it is poked."""
        self.send(ALIVE, Beat(gateway_id=name).encoded)

        async def poked(said: Any) -> None:
            if answers:
                passed = Passed(gateway_id=name, service=SERVICE, position=7)
                self.send(said.reply, passed.encoded)

        await self.subscribe(pokes_of(SERVICE), poked)


def waited(scene: Callable[[Broker, LineBarriers], Awaitable[None]], position: int = 7) -> float:
    """The seconds that a command waits after a scene."""

    async def play() -> float:
        broker = Broker()
        barriers = LineBarriers(broker)
        await barriers.start()
        await scene(broker, barriers)
        began = asyncio.get_running_loop().time()
        await barriers.confirmed(SERVICE, position)
        waited_for = asyncio.get_running_loop().time() - began
        await barriers.stop()
        return waited_for

    return run(play())


async def known(broker: Broker) -> None:
    """Time enough to hear everybody who is alive."""
    await asyncio.sleep(LEASE_SECONDS + 1)


def test_who_confirms_is_not_waited_for():
    async def scene(broker: Broker, _: LineBarriers) -> None:
        await known(broker)
        await broker.gateway("a")
        await broker.gateway("b")
        await asyncio.sleep(0.1)

    assert waited(scene) < 0.1


def test_of_two_gateways_a_dead_one_is_waited_for_as_long_as_a_lease_lasts():
    async def scene(broker: Broker, _: LineBarriers) -> None:
        await known(broker)
        await broker.gateway("a")
        await broker.gateway("b", answers=False)
        await asyncio.sleep(0.1)

    assert waited(scene) == pytest.approx(LEASE_SECONDS)


def test_after_a_start_nobody_knows_who_is_alive():
    async def scene(broker: Broker, _: LineBarriers) -> None:
        await asyncio.sleep(0.1)

    assert 0.5 < waited(scene) <= LEASE_SECONDS


def test_without_a_line_it_waits():
    async def scene(broker: Broker, _: LineBarriers) -> None:
        await known(broker)
        broker.connected = False

    assert waited(scene) == pytest.approx(LEASE_SECONDS)


def test_who_was_silent_for_long_or_said_goodbye_is_not_waited_for():
    async def silent(broker: Broker, _: LineBarriers) -> None:
        await broker.gateway("a", answers=False)
        await asyncio.sleep(ALIVE_SECONDS + 1)

    async def gone(broker: Broker, _: LineBarriers) -> None:
        await known(broker)
        await broker.gateway("a", answers=False)
        broker.send(ALIVE, Beat(gateway_id="a", leaves=True).encoded)
        await asyncio.sleep(0.1)

    assert waited(silent) < 0.1
    assert waited(gone) < 0.1


def test_a_position_that_was_not_passed_is_waited_for():
    async def scene(broker: Broker, _: LineBarriers) -> None:
        await known(broker)
        await broker.gateway("a")
        await asyncio.sleep(0.1)

    assert waited(scene, position=8) == pytest.approx(LEASE_SECONDS)


def test_the_owner_answers_who_follows():
    async def play() -> BarrierPage | None:
        broker = Broker()
        barriers = LineBarriers(broker)

        async def read(after: int | None, limit: int) -> BarrierPage:
            return BarrierPage(items=[], reached=after or 0, head=9, kept_from=1)

        barriers.serve(SERVICE, read)
        await barriers.start()
        broker.send(barriers_of(SERVICE), Look(gateway_id="a", after=9).encoded, reply="inbox")
        broker.send(barriers_of(SERVICE), b"nonsense", reply="inbox")
        await asyncio.sleep(0.1)
        await barriers.stop()
        answers = [said for said in broker.sent if said.subject == "inbox"]
        assert len(answers) == 1
        return heard(BarrierPage, answers[0])

    assert run(play()) == BarrierPage(items=[], reached=9, head=9, kept_from=1)
