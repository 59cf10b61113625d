"""Work that was started at once is cancelled like any other task, however early."""

import asyncio
from typing import Any

import pytest

from tertulia.realtime.engine import eager
from tests.realtime.engine.endings import current, started


async def test_a_timeout_reaches_over_the_first_wait():
    async def work() -> str:
        try:
            async with asyncio.timeout(0.001):
                await asyncio.sleep(60)
        except TimeoutError:
            return "late"
        return "in time"

    ends = started(work())
    await ends.wait()
    assert ends.results == ["late"]


async def test_a_timeout_that_is_over_already_ends_the_first_wait():
    async def work() -> str:
        try:
            async with asyncio.timeout(-1):
                await asyncio.sleep(60)
        except TimeoutError:
            return "late"
        return "in time"

    ends = started(work())
    await ends.wait()
    assert ends.results == ["late"]


@pytest.fixture(params=["fresh", "used"])
async def used(request: pytest.FixtureRequest) -> None:
    """Whether work was done before, so that a task for the next is there already."""
    if request.param == "used":
        started(asyncio.sleep(0)).results.clear()
        started(current())
        await asyncio.sleep(0.001)


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("turns", [0, 1, 2, 5])
async def test_cancelling_reaches_the_wait(turns):
    tasks: list[asyncio.Task[Any]] = []

    async def work() -> str:
        tasks.append(await current())
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "cancelled"
        return "slept"

    ends = started(work())
    for _ in range(turns):
        await asyncio.sleep(0)
    tasks[0].cancel()
    await ends.wait()
    assert ends.results == ["cancelled"]


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("turns", [0, 1, 2, 5])
async def test_work_that_is_cancelled_ends_with_that(turns):
    tasks: list[asyncio.Task[Any]] = []

    async def work() -> None:
        tasks.append(await current())
        await asyncio.sleep(0.01)
        await asyncio.sleep(60)

    ends = started(work())
    for _ in range(turns):
        await asyncio.sleep(0)
    tasks[0].cancel()
    await ends.wait()
    assert isinstance(ends.errors[0], asyncio.CancelledError)


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize("pause", [0, 60])
async def test_work_that_cancels_itself_is_stopped_at_its_next_wait(pause):
    async def work() -> None:
        (await current()).cancel()
        await asyncio.sleep(pause)
        raise AssertionError("not stopped")

    ends = started(work())
    await ends.wait()
    assert isinstance(ends.errors[0], asyncio.CancelledError)


@pytest.mark.usefixtures("used")
async def test_work_that_cancels_itself_and_never_waits_is_cancelled_as_any_task():
    async def work() -> str:
        (await current()).cancel()
        return "done"

    assert [type(error) for error in started(work()).errors] == [asyncio.CancelledError]
    ends = started(asyncio.sleep(0.001, "the next is not harmed"))
    await ends.wait()
    assert ends.results == ["the next is not harmed"]


async def test_whoever_cancels_all_tasks_does_not_harm_what_comes():
    started(current())
    others = asyncio.all_tasks() - {await current()}
    for task in others:
        task.cancel()
    ends = started(asyncio.sleep(0, "now"))
    await asyncio.sleep(0)
    eager.start(asyncio.sleep(0.001, "later"), ends)
    await ends.wait(2)
    assert ends.results == ["now", "later"]
