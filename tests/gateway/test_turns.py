"""Whose turn it is: the order of one connection's commands."""

import asyncio

import pytest

from tertulia.accounts.contract import ListSessions, RevokeSession
from tertulia.conversations.contract.messages import PostMessage
from tertulia.gateway.live import turns
from tertulia.gateway.live.turns import Turns, kind_of
from tertulia.kernel.errors import Overloaded, Unavailable


class Errands:
    """Work that begins when its turn comes and ends when it is told to."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.began: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}

    def send(self, kind: turns.Kind, name: str) -> asyncio.Task[None]:
        self.ends[name] = asyncio.Event()
        return asyncio.create_task(self._run(kind, name))

    async def end(self, *names: str) -> None:
        for name in names:
            self.ends[name].set()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    async def _run(self, kind: turns.Kind, name: str) -> None:
        async with self.turns.turn(kind):
            self.began.append(name)
            await self.ends[name].wait()


@pytest.fixture
async def errands() -> Errands:
    return Errands()


def test_kinds():
    assert kind_of(PostMessage) == "pipelined"
    assert kind_of(RevokeSession) == "alone"
    assert kind_of(ListSessions) == "query"


async def test_pipelined_ones_begin_at_once_and_in_order(errands: Errands):
    for number in range(50):
        errands.send("pipelined", str(number))
    await errands.settle()
    assert errands.began == [str(number) for number in range(50)]


async def test_a_free_turn_is_had_without_suspending(errands: Errands):
    coroutine = errands._run("pipelined", "now")
    errands.ends["now"] = asyncio.Event()
    coroutine.send(None)
    assert errands.began == ["now"]
    coroutine.close()


async def test_one_alone_waits_for_all_and_holds_all(errands: Errands):
    errands.send("pipelined", "first")
    errands.send("query", "look")
    errands.send("alone", "alone")
    errands.send("pipelined", "after")
    await errands.settle()
    assert errands.began == ["first"]
    await errands.end("first")
    assert errands.began == ["first", "look"]
    await errands.end("look")
    assert errands.began == ["first", "look", "alone"]
    await errands.end("alone")
    assert errands.began == ["first", "look", "alone", "after"]


async def test_a_query_waits_for_commands_and_then_runs_beside_later_ones(errands: Errands):
    errands.send("pipelined", "post")
    errands.send("query", "look")
    errands.send("query", "look again")
    errands.send("pipelined", "post more")
    await errands.settle()
    assert errands.began == ["post"]
    await errands.end("post")
    assert errands.began == ["post", "look", "look again", "post more"]


async def test_who_comes_between_call_and_begin_does_not_overtake(errands: Errands):
    errands.send("alone", "alone")
    for number in range(20):
        errands.send("pipelined", f"early {number}")
    await errands.settle()
    errands.ends["alone"].set()
    for number in range(20):
        errands.send("pipelined", f"late {number}")
        await asyncio.sleep(0)
    for _ in range(5):
        await errands.settle()
    expected = [f"early {n}" for n in range(20)] + [f"late {n}" for n in range(20)]
    assert errands.began == ["alone", *expected]


async def test_one_who_gives_up_holds_nobody(errands: Errands):
    errands.send("alone", "alone")
    waiting = errands.send("alone", "impatient")
    errands.send("pipelined", "after")
    await errands.settle()
    waiting.cancel()
    await errands.end("alone")
    assert errands.began == ["alone", "after"]


async def test_one_who_gives_up_in_the_moment_of_the_call_holds_nobody(errands: Errands):
    errands.send("alone", "alone")
    waiting = errands.send("alone", "impatient")
    errands.send("pipelined", "after")
    await errands.settle()
    errands.ends["alone"].set()
    asyncio.get_running_loop().call_soon(waiting.cancel)
    await errands.settle()
    assert waiting.cancelled()
    assert errands.began == ["alone", "after"]


async def test_quiet_comes_when_everything_is_done(errands: Errands):
    await errands.turns.quiet()
    errands.send("pipelined", "a")
    errands.send("alone", "b")
    await errands.settle()
    quiet = asyncio.create_task(errands.turns.quiet())
    await errands.end("a")
    assert not quiet.done()
    await errands.end("b")
    assert quiet.done()


async def test_after_the_end_nobody_has_a_turn(errands: Errands):
    running = errands.send("alone", "runs on")
    waiting = errands.send("pipelined", "waits")
    await errands.settle()
    errands.turns.close()
    late = errands.send("pipelined", "late")
    await errands.settle()
    assert isinstance(waiting.exception(), Unavailable)
    assert isinstance(late.exception(), Unavailable)
    await errands.end("runs on")
    assert running.done()
    await errands.turns.quiet()
    assert errands.began == ["runs on"]


async def test_not_endlessly_many_wait(errands: Errands, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turns, "MOST_WAITING", 2)
    errands.send("alone", "alone")
    tasks = [errands.send("query", str(number)) for number in range(3)]
    await errands.settle()
    assert isinstance(tasks[-1].exception(), Overloaded)
    errands.turns.close()
    await errands.end("alone")
