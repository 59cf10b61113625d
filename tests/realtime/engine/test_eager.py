"""Work that is started at once is, from its first step to its last, a task like any other."""

import asyncio
import gc
from contextvars import ContextVar
from typing import Any
from weakref import ref

import pytest

from tertulia.realtime.engine import eager
from tertulia.realtime.engine.eager import spare
from tests.realtime.engine.endings import Ends, current, started

NAME: ContextVar[str] = ContextVar("NAME", default="nobody")
DEEP = 20


@pytest.fixture
async def ends() -> Ends:
    return Ends()


# --- ends -------------------------------------------------------------------------------------------


async def test_what_never_waits_has_ended_before_start_returns():
    async def work() -> str:
        return "done"

    assert started(work()).results == ["done"]


async def test_what_fails_at_once_has_failed_before_start_returns():
    async def work() -> None:
        raise KeyError("lost")

    assert [type(error) for error in started(work()).errors] == [KeyError]


async def test_what_waits_goes_on_by_itself():
    gate = asyncio.get_running_loop().create_future()

    async def work() -> list[Any]:
        return [await gate, await asyncio.sleep(0, "two"), await asyncio.sleep(0.001, "three")]

    ends = started(work())
    assert not ends.results
    gate.set_result("one")
    await ends.wait()
    assert ends.results == [["one", "two", "three"]]


async def test_an_exception_after_the_first_wait_is_told():
    async def work() -> None:
        await asyncio.sleep(0)
        raise KeyError("lost")

    ends = started(work())
    await ends.wait()
    assert [type(error) for error in ends.errors] == [KeyError]


async def test_an_exception_of_what_was_waited_for_comes_in():
    gate = asyncio.get_running_loop().create_future()

    async def work() -> str:
        try:
            await gate
        except KeyError:
            return "caught"
        return "nothing"

    ends = started(work())
    gate.set_exception(KeyError())
    await ends.wait()
    assert ends.results == ["caught"]


async def test_what_is_done_already_is_not_waited_for():
    done = asyncio.get_running_loop().create_future()
    done.set_result(7)

    async def work() -> int:
        return await done

    assert started(work()).results == [7]


# --- one task ---------------------------------------------------------------------------------------


async def test_the_current_task_is_the_same_throughout():
    async def work() -> tuple[Any, ...]:
        first = await current()
        await asyncio.sleep(0)
        second = await current()
        await asyncio.sleep(0.001)
        return first, second, await current()

    ends = started(work())
    await ends.wait()
    first, second, third = ends.results[0]
    assert first is second is third is not await current()


@pytest.mark.parametrize("waits", [False, True])
async def test_whoever_starts_work_stays_the_current_task(waits, ends):
    async def work() -> None:
        if waits:
            await asyncio.sleep(0)

    outer = await current()
    eager.start(work(), ends)
    assert await current() is outer
    await ends.wait()


async def test_work_started_from_a_callback_has_a_task_too(ends):
    async def work() -> Any:
        return await current()

    asyncio.get_running_loop().call_soon(eager.start, work(), ends)
    await ends.wait()
    assert ends.results[0] is not await current()


async def test_work_starts_work():
    ends = Ends()

    async def work(depth: int) -> tuple[int, Any]:
        me = await current()
        if depth:
            eager.start(work(depth - 1), ends)
        assert await current() is me
        await asyncio.sleep(0)
        assert await current() is me
        return depth, me

    eager.start(work(DEEP), ends)
    await ends.wait(DEEP + 1)
    assert sorted(depth for depth, _ in ends.results) == list(range(DEEP + 1))
    assert len({id(task) for _, task in ends.results}) == DEEP + 1


async def test_no_more_tasks_are_kept_than_starts_were_nested():
    gc.collect()  # what loops of other tests that are gone have kept
    before = len(spare())

    async def work(depth: int) -> None:
        if depth:
            eager.start(work(depth - 1), ends)

    ends = Ends()
    for _ in range(3):
        eager.start(work(DEEP), ends)
    await ends.wait(3 * (DEEP + 1))
    assert 0 <= len(spare()) - before <= DEEP + 1


async def test_a_task_that_waited_is_not_kept():
    before = len(spare())
    ends = started(asyncio.sleep(0, "done"))
    await ends.wait()
    assert len(spare()) <= before


async def test_a_group_of_tasks_lives_inside():
    async def child(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def work() -> list[int]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(child(number)) for number in range(5)]
        return [task.result() for task in tasks]

    ends = started(work())
    await ends.wait()
    assert ends.results == [[0, 1, 2, 3, 4]]


async def test_a_group_whose_child_fails_ends_the_work():
    async def child() -> None:
        raise KeyError

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            await asyncio.sleep(60)

    ends = started(work())
    await ends.wait()
    assert isinstance(ends.errors[0], ExceptionGroup)


# --- contexts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("waits", [False, True])
async def test_what_work_sets_stays_inside(waits):
    async def work(name: str) -> str:
        before = NAME.get()
        NAME.set(name)
        if waits:
            await asyncio.sleep(0)
        return f"{before}, then {NAME.get()}"

    ends = Ends()
    for name in ("ada", "grace"):
        eager.start(work(name), ends)
    await ends.wait(2)
    assert sorted(ends.results) == ["nobody, then ada", "nobody, then grace"]
    assert NAME.get() == "nobody"


@pytest.mark.parametrize("waits", [False, True])
async def test_work_sees_what_its_starter_set(waits):
    async def work() -> str:
        if waits:
            await asyncio.sleep(0)
        return NAME.get()

    ends = Ends()
    for name in ("ada", "grace", "ada", "nobody"):
        token = NAME.set(name)
        eager.start(work(), ends)
        NAME.reset(token)
    await ends.wait(4)
    assert ends.results == ["ada", "grace", "ada", "nobody"]


# --- nothing stays ----------------------------------------------------------------------------------


async def test_tasks_are_not_left_behind():
    async def work(waits: bool) -> None:
        NAME.set("somebody") if waits else None
        await asyncio.sleep(0) if waits else None

    ends = Ends()
    for number in range(300):
        token = NAME.set(f"request {number % 7 or number}")
        eager.start(work(waits=number % 3 == 0), ends)
        NAME.reset(token)
    await ends.wait(300)
    await asyncio.sleep(0.001)
    assert len(asyncio.all_tasks()) < 10


async def test_work_is_let_go_when_it_has_ended():
    class Heavy:
        """Something that must not live on."""

    async def work(heavy: Heavy, waits: bool) -> None:
        await asyncio.sleep(0 if waits else 0.001)
        del heavy

    ends, watched = Ends(), []
    for waits in (False, True):
        heavy = Heavy()
        watched.append(ref(heavy))
        eager.start(work(heavy, waits), ends)
        del heavy
    await ends.wait(2)
    await asyncio.sleep(0.001)
    gc.collect()
    assert [it() for it in watched] == [None, None]


async def test_what_has_waited_is_let_go_without_the_collector():
    class Heavy:
        pass

    kept: ContextVar[Heavy] = ContextVar("kept")
    watched = []

    async def work() -> None:
        heavy = Heavy()
        kept.set(heavy)
        watched.append(ref(heavy))
        await asyncio.sleep(0)

    gc.disable()
    try:
        await started(work()).wait()
        await asyncio.sleep(0)
        assert [it() for it in watched] == [None]
    finally:
        gc.enable()


def test_a_loop_ends_without_complaints(recwarn, caplog):
    async def never() -> None:
        await asyncio.sleep(3600)

    async def main() -> None:
        started(never())
        started(current())

    loop = ref(_run(main))
    gc.collect()
    assert not caplog.records
    assert not recwarn.list
    assert loop() is None


def _run(main: Any) -> asyncio.AbstractEventLoop:
    with asyncio.Runner() as runner:
        runner.run(main())
        return runner.get_loop()
