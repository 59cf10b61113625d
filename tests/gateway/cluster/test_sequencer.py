"""What a sequencer carries out: all above where it began, once, in order, whatever the bus does."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.chaos.simulation.virtual_time import run
from tertulia.conversations.contract.updates import ListUpdates, Position
from tertulia.gateway.cluster.sequencer import GAP_SECONDS, MOST_HELD, PAGE, Sequencer
from tertulia.kernel.errors import TooLarge, Unavailable
from tertulia.kernel.ids import new_id
from tests.gateway.cluster.logs import Carrying, Logs

PLAZA = new_id()


class Scene:
    """One log, and a sequencer that begins in it."""

    def __init__(self) -> None:
        self.logs = Logs()
        self.carrying = Carrying(self.logs)
        self.sequencer = Sequencer(PLAZA, self.carrying)

    async def begin(self, seq: int = 0) -> None:
        await self.sequencer.begin(Position(epoch=self.logs.epoch, seq=seq))


def play(scene: Callable[[Scene], Awaitable[None]]) -> None:
    """A scene in virtual time."""

    async def played() -> None:
        it = Scene()
        await scene(it)
        it.sequencer.end()

    run(played())


@settings(deadline=None)
@given(
    number=st.integers(1, 60),
    began=st.integers(0, 20),
    seed=st.integers(0, 2**32),
    lost=st.sampled_from([0, 0.3, 0.9]),
    doubled=st.sampled_from([0, 0.3]),
    latest=st.sampled_from([0, 0.05, 1.0]),
)
def test_whatever_the_bus_does_each_is_carried_out_once_and_in_order(
    number, began, seed, lost, doubled, latest
):
    chance = Random(seed)

    async def scene(it: Scene) -> None:
        tasks: list[asyncio.Task[None]] = []

        async def bring(update) -> None:
            await asyncio.sleep(chance.uniform(0, latest))
            await it.sequencer.hear(update)

        it.logs.write(PLAZA, began)
        await it.begin(began)
        for _ in range(number):
            [update] = it.logs.write(PLAZA, barrier=chance.random() < 0.1)
            copies = (chance.random() >= lost) + (chance.random() < doubled)
            tasks += [asyncio.create_task(bring(update)) for _ in range(copies)]
            await asyncio.sleep(chance.choice([0, 0.01, 0.3]))
        await asyncio.gather(*tasks)
        it.sequencer.expect(began + number)
        await it.sequencer.reach(began + number)
        assert it.carrying.seqs == list(range(began + 1, began + number + 1))
        assert it.carrying.done == it.logs.updates[PLAZA][began:]

    play(scene)


def test_what_is_only_late_is_not_asked_for():
    async def scene(it: Scene) -> None:
        one, two, three = it.logs.write(PLAZA, 3)
        await it.begin()
        await it.sequencer.hear(three)
        await asyncio.sleep(GAP_SECONDS / 2)
        await it.sequencer.hear(one)
        await it.sequencer.hear(two)
        await asyncio.sleep(1)
        assert it.carrying.seqs == [1, 2, 3]
        assert it.logs.asked == []

    play(scene)


def test_of_a_gap_only_what_is_missing_is_asked_for():
    async def scene(it: Scene) -> None:
        updates = it.logs.write(PLAZA, 9)
        await it.begin()
        for update in (*updates[:2], *updates[5:]):
            await it.sequencer.hear(update)
        await it.sequencer.reach(9)
        [asked] = it.logs.asked
        assert isinstance(asked, ListUpdates)
        assert (asked.after, asked.limit) == (2, 3)
        assert it.carrying.seqs == list(range(1, 10))

    play(scene)


def test_what_both_bring_the_log_and_the_bus_is_carried_out_once():
    async def scene(it: Scene) -> None:
        updates = it.logs.write(PLAZA, 4)
        await it.begin()
        it.logs.gate.clear()
        it.sequencer.expect(4)
        await asyncio.sleep(GAP_SECONDS + 0.1)
        assert len(it.logs.asked) == 1
        for update in updates:
            await it.sequencer.hear(update)
        it.logs.gate.set()
        updates = it.logs.write(PLAZA, 2)
        await it.sequencer.hear(updates[1])
        await it.sequencer.reach(6)
        assert it.carrying.seqs == [1, 2, 3, 4, 5, 6]

    play(scene)


def test_a_long_absence_is_read_page_by_page_while_more_comes():
    async def scene(it: Scene) -> None:
        it.logs.write(PLAZA, 3 * PAGE)
        await it.begin()
        it.sequencer.expect(3 * PAGE)
        for _ in range(2 * MOST_HELD):
            await it.sequencer.hear(*it.logs.write(PLAZA))
        number = 3 * PAGE + 2 * MOST_HELD
        await it.sequencer.reach(number)
        assert it.carrying.seqs == list(range(1, number + 1))

    play(scene)


def test_what_is_heard_before_it_begins_counts_from_there():
    async def scene(it: Scene) -> None:
        updates = it.logs.write(PLAZA, 5)
        for update in reversed(updates):
            await it.sequencer.hear(update)
        assert it.carrying.seqs == []
        await it.begin(3)
        assert it.carrying.seqs == [4, 5]

    play(scene)


def test_so_much_is_held_out_of_turn_and_no_more():
    async def scene(it: Scene) -> None:
        first, *others = it.logs.write(PLAZA, MOST_HELD + 10)
        await it.begin()
        for update in others:
            await it.sequencer.hear(update)
        await it.sequencer.hear(first)
        assert it.carrying.seqs == list(range(1, MOST_HELD + 2))
        await it.sequencer.reach(MOST_HELD + 10)
        assert it.carrying.seqs == list(range(1, MOST_HELD + 11))

    play(scene)


def test_a_barrier_waits_and_whoever_brings_it_does_not():
    async def scene(it: Scene) -> None:
        it.carrying.permits.clear()
        await it.begin()
        for update in (*it.logs.write(PLAZA, barrier=True), *it.logs.write(PLAZA, 2)):
            await it.sequencer.hear(update)
        await asyncio.sleep(10)
        assert (it.carrying.seqs, it.logs.asked) == ([], [])
        it.carrying.permits.set()
        await it.sequencer.reach(3)
        assert it.carrying.seqs == [1, 2, 3]

    play(scene)


def test_barriers_of_the_log_wait_too():
    async def scene(it: Scene) -> None:
        it.carrying.permits.clear()
        it.logs.write(PLAZA, 2)
        it.logs.write(PLAZA, barrier=True)
        it.logs.write(PLAZA, 2 * PAGE)
        await it.begin()
        it.sequencer.expect(3 + 2 * PAGE)
        await asyncio.sleep(10)
        assert it.carrying.seqs == [1, 2]
        it.carrying.permits.set()
        await it.sequencer.reach(3 + 2 * PAGE)
        assert it.carrying.seqs == list(range(1, 4 + 2 * PAGE))

    play(scene)


def test_who_wants_it_at_once_does_not_wait_for_what_may_be_late():
    async def scene(it: Scene) -> None:
        it.logs.write(PLAZA)
        await it.begin()
        began = asyncio.get_running_loop().time()
        await it.sequencer.reach(1, at_once=True)
        assert asyncio.get_running_loop().time() == began

    play(scene)


def test_while_the_owner_is_away_it_asks_again():
    async def scene(it: Scene) -> None:
        it.logs.write(PLAZA, 2)
        it.logs.away = Unavailable()
        await it.begin()
        reaching = asyncio.create_task(it.sequencer.reach(2))
        await asyncio.sleep(10)
        assert 1 < len(it.logs.asked) < 20
        it.logs.away = None
        await reaching
        assert it.carrying.seqs == [1, 2]

    play(scene)


def test_a_page_that_is_too_large_to_carry_is_asked_for_in_parts(monkeypatch):
    async def scene(it: Scene) -> None:
        it.logs.write(PLAZA, 100)
        read = it.carrying.read

        async def narrow(conversation_id, position, limit):
            if limit > 10:
                raise TooLarge
            return await read(conversation_id, position, limit)

        monkeypatch.setattr(it.carrying, "read", narrow)
        await it.begin()
        await it.sequencer.reach(100)
        assert it.carrying.seqs == list(range(1, 101))

    play(scene)


def test_of_another_history_nothing_is_carried_out():
    async def scene(it: Scene) -> None:
        it.logs.write(PLAZA, 5)
        await it.begin()
        it.logs.epoch = "2"
        it.sequencer.expect(5)
        await asyncio.sleep(10)
        assert it.sequencer.is_lost
        assert it.carrying.seqs == []
        assert len(it.logs.asked) == 1

    play(scene)


def test_who_waits_goes_on_when_it_ends():
    async def scene(it: Scene) -> None:
        it.logs.away = Unavailable()
        await it.begin()
        reaching = asyncio.create_task(it.sequencer.reach(1))
        await asyncio.sleep(1)
        it.sequencer.end()
        await reaching
        await it.sequencer.hear(*it.logs.write(PLAZA))
        assert it.carrying.seqs == []

    play(scene)


def test_who_gives_up_waiting_harms_nobody():
    async def scene(it: Scene) -> None:
        await it.begin()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(it.sequencer.reach(2), 0.1)
        for update in it.logs.write(PLAZA, 2):
            await it.sequencer.hear(update)
        await it.sequencer.reach(2)
        assert it.carrying.seqs == [1, 2]

    play(scene)
