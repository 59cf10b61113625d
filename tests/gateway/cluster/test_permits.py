"""A removal is carried out in its conversation, and among the barriers of its service, each in their order."""

import asyncio
from typing import Any

from tertulia.chaos.simulation.virtual_time import run
from tertulia.gateway.cluster.permits import Permits
from tests.gateway.cluster.test_cluster_bus import LEFT


def removal(seq: int) -> Any:
    return LEFT.model_copy(update={"seq": seq})


async def settled(*tasks: asyncio.Task[None]) -> list[bool]:
    """Which of them are done when nothing moves any more."""
    await asyncio.sleep(0.001)
    return [task.done() for task in tasks]


def test_it_waits_for_its_turn_and_asks_for_it():
    async def play() -> None:
        permits, wanted = Permits(), asyncio.Event()
        permits.wanted = wanted.set
        waiting = asyncio.create_task(permits.wait(removal(7)))
        await wanted.wait()
        other = LEFT.model_copy(update={"conversation_id": "0" * 32})
        with permits.turn(other):
            assert await settled(waiting) == [False]
        with permits.turn(removal(7)):
            await waiting

    run(play())


def test_its_turn_is_that_of_what_its_conversation_has_before_it():
    async def play() -> None:
        permits = Permits()
        tasks = [asyncio.create_task(permits.wait(removal(seq))) for seq in (6, 7, 8)]
        await settled()
        with permits.turn(removal(7)):
            assert await settled(*tasks) == [True, True, False]
            await permits.wait(removal(5))
        tasks[2].cancel()

    run(play())


def test_after_a_look_at_all_barriers_nobody_waits_who_waited_before_it():
    async def play() -> None:
        permits = Permits()
        before = asyncio.create_task(permits.wait(removal(7)))
        await settled()
        with permits.round():
            meanwhile = asyncio.create_task(permits.wait(removal(9)))
            assert await settled(before, meanwhile) == [False, False]
        assert await settled(before, meanwhile) == [True, False]
        meanwhile.cancel()

    run(play())
