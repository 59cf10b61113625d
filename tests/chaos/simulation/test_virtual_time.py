"""Loops of virtual time: nothing waits, and what chance decides is who of several woken tasks goes first."""

import asyncio
from random import Random

import pytest

from tertulia.chaos.simulation.virtual_time import SeededLoop, Stuck, run


def play(work, seed=1):
    loop = SeededLoop(Random(seed))
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(work(loop))


async def note_all(notes, names):
    async def note(name):
        await asyncio.sleep(0)
        notes.append(name)

    await asyncio.gather(*map(note, names))


def test_an_hour_takes_a_moment():
    async def wait():
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    assert run(wait()) == 3600
    assert play(lambda _loop: wait()) == 3600


def test_the_order_of_woken_tasks_is_that_of_the_seed():
    def order(seed):
        notes = []
        play(lambda _loop: note_all(notes, range(8)), seed)
        return notes

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert sorted(order(1)) == list(range(8))


def test_callbacks_keep_their_order():
    async def call(loop):
        notes = []
        for n in range(20):
            loop.call_soon(notes.append, n)
        await asyncio.sleep(1)
        return notes

    assert play(call) == list(range(20))


def test_what_would_be_done_in_a_thread_is_done_here():
    async def ask(loop):
        assert await loop.run_in_executor(None, sum, [1, 2]) == 3
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)

    play(ask)


def test_waiting_for_ever_is_an_error():
    async def wait(loop):
        await loop.create_future()

    with pytest.raises(Stuck):
        play(wait)


def test_an_interruption_comes_before_its_step():
    async def count(loop):
        seen = []
        loop.interruptions[loop.steps + 3] = lambda: seen.append(loop.steps)
        expected = loop.steps + 3
        for _ in range(5):
            await asyncio.sleep(0)
        return seen == [expected]

    assert play(count)
