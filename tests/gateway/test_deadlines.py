"""Deadlines: what is late is cancelled and says so, and nobody else is touched."""

import asyncio

import pytest

from tertulia.gateway.live.deadlines import Deadlines
from tertulia.kernel.errors import DeadlinePassed


async def within(deadlines: Deadlines, event: asyncio.Event) -> str:
    with deadlines.begin():
        await event.wait()
    return "in time"


@pytest.fixture
def never() -> asyncio.Event:
    return asyncio.Event()


async def test_what_is_done_in_time_is_left_alone(never: asyncio.Event):
    deadlines, done = Deadlines(0.01), asyncio.Event()
    late, prompt = (asyncio.create_task(within(deadlines, it)) for it in (never, done))
    done.set()
    assert await prompt == "in time"
    with pytest.raises(DeadlinePassed):
        await late


async def test_each_of_many_passes_by_itself(never: asyncio.Event):
    deadlines = Deadlines(0.01)
    for _ in range(2):
        tasks = [asyncio.create_task(within(deadlines, never)) for _ in range(10)]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [DeadlinePassed] * 10


async def test_a_cancellation_by_somebody_else_stays_one(never: asyncio.Event):
    task = asyncio.create_task(within(Deadlines(60), never))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_cancelled_for_both_reasons_is_cancelled(never: asyncio.Event):
    deadlines = Deadlines(0)
    task = asyncio.create_task(within(deadlines, never))
    asyncio.get_running_loop().call_later(0.001, task.cancel)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_it_does_afterwards_is_not_cancelled(never: asyncio.Event):
    async def goes_on() -> str:
        with pytest.raises(DeadlinePassed):
            await within(Deadlines(0.01), never)
        await asyncio.sleep(0.001)
        return "went on"

    assert await asyncio.create_task(goes_on()) == "went on"


async def test_an_error_inside_comes_out_as_it_is():
    with pytest.raises(ZeroDivisionError), Deadlines(60).begin():
        raise ZeroDivisionError
