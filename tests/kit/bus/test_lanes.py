"""The order of pipelined commands, whatever the owner takes and whoever gives up."""

import asyncio
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.kernel.errors import AppError, DeadlinePassed, Unavailable
from tertulia.kit.bus.nats.lanes import MOST_LISTED, Lanes
from tests.kit.bus.contract import Light, Note

LANES = st.sampled_from(["plaza", "taller", "patio", None])


class Owner:
    """Carries out what comes over the line, and looks whether it may come now."""

    def __init__(self, seed: int = 0) -> None:
        self.begun: list[tuple[str | None, int]] = []
        self.lists: list[int] = []
        self._chance = random.Random(seed)
        self._flying: list[str | None] = []

    async def carry(self, entries):
        lanes = {entry.lane for entry in entries}
        assert len(lanes) == 1
        [lane] = lanes
        assert not self._flying if lane is None else not {lane, None} & set(self._flying)
        self._flying.append(lane)
        self.lists.append(len(entries))
        self.begun += [(entry.lane, int(entry.body)) for entry in entries]
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)
        self._flying.remove(lane)
        return [entry.body for entry in entries]


async def ask(lanes, lane, n, kind=Note, seconds=60.0):
    due_at = asyncio.get_running_loop().time() + seconds
    return await lanes.ask("c1", kind, b"%d" % n, lane, due_at)


@given(
    sent=st.lists(LANES, max_size=60),
    seed=st.integers(0, 1000),
    given_up=st.sets(st.integers(0, 59)),
)
@settings(max_examples=60, deadline=None)
def test_each_lane_keeps_its_order_and_what_concerns_all_its_place(sent, seed, given_up):
    async def play():
        owner, chance = Owner(seed), random.Random(seed)
        lanes = Lanes(owner.carry)
        calls = []
        for n, lane in enumerate(sent):
            calls.append(asyncio.create_task(ask(lanes, lane, n)))
            if chance.random() < 0.5:
                await asyncio.sleep(0)
            if n in given_up:
                calls[n].cancel()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        for n, answer in enumerate(answers):
            assert answer == b"%d" % n or isinstance(answer, asyncio.CancelledError)
        return owner.begun

    begun = asyncio.run(play())
    for lane in ["plaza", "taller", "patio"]:
        numbers = [n for it, n in begun if it in {lane, None}]
        assert numbers == sorted(numbers)
    assert set(range(len(sent))) - {n for _, n in begun} <= given_up


async def test_what_arrives_meanwhile_goes_as_lists():
    owner = Owner()
    lanes = Lanes(owner.carry)
    await asyncio.gather(*(ask(lanes, "plaza", n) for n in range(1 + 2 * MOST_LISTED)))
    assert owner.lists == [1, MOST_LISTED, MOST_LISTED]


async def test_a_list_has_one_owner():
    carried = []

    async def carry(entries):
        carried.append([entry.kind.owner for entry in entries])
        return [entry.body for entry in entries]

    class Elsewhere(Light):
        __module__ = "tertulia.elsewhere.contract"

    lanes = Lanes(carry)
    kinds = [Note, Note, Note, Elsewhere, Note]
    await asyncio.gather(*(ask(lanes, "plaza", n, kind) for n, kind in enumerate(kinds)))
    assert carried == [["kit"], ["kit", "kit"], ["elsewhere"], ["kit"]]


async def test_a_list_that_fails_fails_for_all_of_it_and_no_more():
    failures: list[AppError] = [Unavailable()]

    async def carry(entries):
        await asyncio.sleep(0)
        if len(entries) > 1 and failures:
            raise failures.pop()
        return [entry.body for entry in entries]

    lanes = Lanes(carry)
    first, *others = [asyncio.create_task(ask(lanes, "plaza", n)) for n in range(3)]
    answers = await asyncio.gather(first, *others, return_exceptions=True)
    assert [type(it) for it in answers] == [bytes, Unavailable, Unavailable]
    assert await ask(lanes, "plaza", 4) == b"4"


async def test_what_is_due_before_its_turn_is_given_up():
    go_on = asyncio.Event()

    async def carry(entries):
        await go_on.wait()
        return [entry.body for entry in entries]

    lanes = Lanes(carry)
    first = asyncio.create_task(ask(lanes, "plaza", 1))
    answers = await asyncio.gather(ask(lanes, "plaza", 2, seconds=0.01), return_exceptions=True)
    assert isinstance(answers[0], DeadlinePassed)
    go_on.set()
    assert await first == b"1"
