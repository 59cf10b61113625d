"""What a gateway follows: each conversation of those who are here, from where they stand, and no other."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.chaos.simulation.virtual_time import run
from tertulia.conversations.contract.conversations import Head, Heads
from tertulia.conversations.contract.updates import MOST_HEADS, ListHeads, ListUpdates, Update
from tertulia.gateway.cluster.following import CHECK_SECONDS, GRACE_SECONDS, Following
from tertulia.gateway.cluster.sequencer import GAP_SECONDS
from tertulia.kernel.errors import Unavailable
from tertulia.kernel.ids import new_id
from tertulia.kit.edge import conversation_room, space_room
from tests.gateway.cluster.logs import Logs

PLAZA, TALLER = new_id(), new_id()


class Bus(Logs):
    """The owner of the logs behind a bus that tells what is followed, if it tells it."""

    def __init__(self) -> None:
        super().__init__()
        self.topics: set[str] = set()
        self.hear: Callable[[Update], Awaitable[None]]

    async def follow(self, topics: Iterable[str]) -> None:
        await asyncio.sleep(0.01)
        if self.away is not None:
            raise self.away
        self.topics |= set(topics)

    def unfollow(self, topics: Iterable[str]) -> None:
        self.topics -= set(topics)

    async def tell(self, *updates: Update) -> None:
        for update in updates:
            if update.conversation_id in self.topics:
                await self.hear(update)


class Scene:
    """A gateway that follows, and what it carried out."""

    def __init__(self) -> None:
        self.bus = Bus()
        self.following = Following(self.bus)  # pyright: ignore[reportArgumentType]
        self.bus.hear = self.following.hear
        self.following.react = self._react
        self.following.unheard = lambda rooms: [it for it in rooms if it not in self.rooms]
        self.following.resync = self._resync
        self.rooms: set[str] = set()
        """In which somebody is."""
        self.done: list[tuple[str, int]] = []
        self.resynced: list[str] = []

    async def _react(self, update: Update) -> None:
        self.done.append((update.conversation_id, update.seq))

    async def _resync(self, room: str) -> None:
        self.resynced.append(room)

    def seqs(self, conversation_id: str) -> list[int]:
        return [seq for where, seq in self.done if where == conversation_id]

    async def read_heads(self) -> Heads:
        """Where somebody stands who is in every conversation."""
        await asyncio.sleep(0)
        heads = {
            it: Head(
                epoch=self.bus.epoch,
                head=len(log),
                read=0,
                messages=0,
                unread_count=0,
                mention_count=0,
            )
            for it, log in self.bus.updates.items()
        }
        return Heads(heads=heads, space_ids=[])


def play(scene: Callable[[Scene], Awaitable[None]]) -> None:
    """A scene in virtual time."""

    async def played() -> None:
        it = Scene()
        await it.following.start()
        await scene(it)
        await it.following.stop()

    run(played())


def test_what_is_followed_is_heard_and_nothing_else():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA, 3)
        await it.following.follow([PLAZA])
        await it.bus.tell(*it.bus.write(PLAZA, 2))
        for update in it.bus.write(TALLER, 2):
            await it.following.hear(update)
        assert it.done == [(PLAZA, 4), (PLAZA, 5)]
        assert it.bus.topics == set(it.following.followed) == {PLAZA}

    play(scene)


def test_what_is_followed_no_more_is_heard_no_more():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        await it.following.follow([PLAZA])
        it.following.unfollow([PLAZA, TALLER])
        await it.bus.tell(*it.bus.write(PLAZA))
        assert it.done == []
        assert not it.bus.topics
        await it.following.follow([PLAZA])
        await it.bus.tell(*it.bus.write(PLAZA))
        assert it.done == [(PLAZA, 3)]

    play(scene)


def test_what_is_said_while_following_begins_is_carried_out():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA, 2)
        it.bus.gate.clear()
        following = asyncio.create_task(it.following.follow([PLAZA]))
        await asyncio.sleep(0.1)
        await it.bus.tell(*it.bus.write(PLAZA, 2))
        it.bus.gate.set()
        await following
        assert it.seqs(PLAZA) == [3, 4]

    play(scene)


def test_two_who_want_the_same_wait_for_the_same():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        it.bus.gate.clear()
        one, other = (asyncio.create_task(it.following.follow([PLAZA])) for _ in range(2))
        await asyncio.sleep(0.1)
        one.cancel()
        assert not other.done()
        it.bus.gate.set()
        await other
        assert it.bus.asked_for(ListHeads) == 1
        assert set(it.following.followed) == {PLAZA}

    play(scene)


def test_while_the_owner_is_away_nothing_is_followed_and_later_it_is():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        it.bus.away = Unavailable()
        for _ in range(2):
            with pytest.raises(Unavailable):
                await it.following.follow([PLAZA])
        assert not it.following.followed
        assert not it.bus.topics
        it.bus.away = None
        await it.following.follow([PLAZA])
        await it.bus.tell(*it.bus.write(PLAZA))
        assert it.done == [(PLAZA, 2)]

    play(scene)


def test_of_many_the_heads_are_asked_in_parts():
    async def scene(it: Scene) -> None:
        ids = [new_id() for _ in range(2 * MOST_HEADS + 1)]
        for each in ids:
            it.bus.write(each)
        await it.following.follow(ids)
        assert it.bus.asked_for(ListHeads) == 3
        assert set(it.following.followed) == set(ids)

    play(scene)


def test_who_comes_into_a_conversation_hears_it_and_other_rooms_are_none():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        await it.following.enter([space_room(TALLER), conversation_room(PLAZA)])
        assert set(it.following.followed) == {PLAZA}

    play(scene)


def test_what_was_lost_with_nothing_after_it_is_found_at_a_look():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        it.bus.write(TALLER)
        it.rooms |= {conversation_room(PLAZA), conversation_room(TALLER)}
        await it.following.follow([PLAZA, TALLER])
        asked = it.bus.asked_for(ListHeads)
        it.bus.write(PLAZA, 2)
        it.bus.away = Unavailable()
        await asyncio.sleep(3 * CHECK_SECONDS)
        assert it.done == []
        it.bus.away = None
        await asyncio.sleep(CHECK_SECONDS + 2 * GAP_SECONDS)
        assert it.done == [(PLAZA, 2), (PLAZA, 3)]
        assert it.bus.asked_for(ListHeads) == asked + 4

    play(scene)


def test_when_the_bus_was_away_it_looks_at_once():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        await it.following.follow([PLAZA])
        it.bus.write(PLAZA, 2)
        it.following.look()
        await asyncio.sleep(2 * GAP_SECONDS)
        assert it.done == [(PLAZA, 2), (PLAZA, 3)]

    play(scene)


def test_what_nobody_hears_any_more_is_followed_for_a_grace_and_no_longer():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        it.bus.write(TALLER)
        it.rooms |= {conversation_room(PLAZA), conversation_room(TALLER)}
        await it.following.follow([PLAZA, TALLER])
        await asyncio.sleep(3 * GRACE_SECONDS)
        it.rooms.remove(conversation_room(TALLER))
        await asyncio.sleep(GRACE_SECONDS / 2)
        assert set(it.following.followed) == {PLAZA, TALLER}
        await asyncio.sleep(GRACE_SECONDS)
        assert set(it.following.followed) == it.bus.topics == {PLAZA}

    play(scene)


def test_who_arrives_in_the_grace_renews_it():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        for _ in range(4):
            await it.following.arrive(it.read_heads)
            await asyncio.sleep(GRACE_SECONDS - CHECK_SECONDS)
            assert set(it.following.followed) == {PLAZA}
        assert it.bus.asked_for(ListHeads) < 30

    play(scene)


def test_a_barrier_of_a_conversation_that_is_not_followed_is_not_waited_for():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA, barrier=True)
        await it.following.reached(PLAZA, 1)
        await it.following.caught_up({PLAZA: 1})

    play(scene)


def test_a_barrier_is_waited_for_while_following_begins():
    async def scene(it: Scene) -> None:
        it.bus.write(PLAZA)
        it.bus.gate.clear()
        following = asyncio.create_task(it.following.follow([PLAZA]))
        await asyncio.sleep(0.1)
        it.bus.write(PLAZA, barrier=True)
        reached = asyncio.create_task(it.following.reached(PLAZA, 2))
        await asyncio.sleep(0.1)
        assert not reached.done()
        it.bus.gate.set()
        await asyncio.gather(following, reached)
        assert it.done == [(PLAZA, 2)]

    play(scene)


def test_a_barrier_that_waits_holds_up_no_other_conversation():
    async def scene(it: Scene) -> None:
        permitted = asyncio.Event()

        async def permit(_update: Update) -> None:
            await permitted.wait()

        it.following.permit = permit
        it.bus.write(PLAZA)
        it.bus.write(TALLER)
        await it.following.follow([PLAZA, TALLER])
        await it.bus.tell(*it.bus.write(PLAZA, barrier=True), *it.bus.write(PLAZA))
        await it.bus.tell(*it.bus.write(TALLER))
        assert it.done == [(TALLER, 2)]
        permitted.set()
        await it.following.reached(PLAZA, 3)
        assert it.seqs(PLAZA) == [2, 3]

    play(scene)


def test_where_the_log_is_another_one_people_look_at_it_anew():
    async def scene(it: Scene) -> None:
        it.rooms.add(conversation_room(PLAZA))
        it.bus.write(PLAZA, 5)
        await it.following.follow([PLAZA])
        await it.bus.tell(*it.bus.write(PLAZA))
        it.bus.epoch = "2"
        del it.bus.updates[PLAZA][3:]
        it.bus.write(PLAZA)
        await it.following.check()
        assert it.resynced == [conversation_room(PLAZA)]
        await it.bus.tell(*it.bus.write(PLAZA))
        assert it.seqs(PLAZA) == [6, 5]

    play(scene)


def test_after_a_question_from_another_history_it_begins_anew():
    async def scene(it: Scene) -> None:
        it.rooms.add(conversation_room(PLAZA))
        it.bus.write(PLAZA, 5)
        await it.following.follow([PLAZA])
        it.bus.epoch = "2"
        await it.bus.tell(it.bus.write(PLAZA, 2)[1])
        await asyncio.sleep(CHECK_SECONDS + 1)
        assert it.bus.asked_for(ListUpdates) == 1
        assert it.resynced == [conversation_room(PLAZA)]
        await it.bus.tell(*it.bus.write(PLAZA))
        assert it.done == [(PLAZA, 8)]

    play(scene)


@dataclass
class Stand:
    """Where somebody stood who arrived, and how much was told when they began and when they were there."""

    began: int
    arrived: int
    heads: dict[str, int]


class Crowd:
    """People who arrive while others write, at a gateway whose bus loses and delays by chance."""

    def __init__(self, it: Scene, chance: Random, lost: float) -> None:
        self.it = it
        self.chance = chance
        self.lost = lost
        self.stands: list[Stand] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(self) -> None:
        for _ in range(60):
            [update] = self.it.bus.write(self.chance.choice([PLAZA, TALLER]))
            if self.chance.random() >= self.lost:
                self._tasks.add(asyncio.create_task(self._tell(update)))
            await asyncio.sleep(self.chance.choice([0, 0.01, 0.1]))

    async def arrive(self) -> None:
        began = len(self.it.done)
        heads = (await self.it.following.arrive(self.it.read_heads)).heads
        stands = {it: head.head for it, head in heads.items()}
        self.stands.append(Stand(began, len(self.it.done), stands))

    async def come_and_go(self) -> None:
        for _ in range(12):
            await asyncio.gather(*(self.arrive() for _ in range(self.chance.randint(1, 3))))
            await asyncio.sleep(self.chance.choice([0, 0.02, 0.3]))
            if self.chance.random() < 0.3:
                self.stands.clear()
                self.it.following.unfollow([self.chance.choice([PLAZA, TALLER])])

    async def _tell(self, update: Update) -> None:
        await asyncio.sleep(self.chance.choice([0, 0.05]))
        await self.it.bus.tell(update)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), lost=st.sampled_from([0, 0.3, 0.8]))
def test_between_where_somebody_stands_and_what_is_told_there_is_no_seam(seed, lost):
    async def scene(it: Scene) -> None:
        crowd = Crowd(it, Random(seed), lost)
        it.rooms |= {conversation_room(PLAZA), conversation_room(TALLER)}
        it.bus.write(PLAZA)
        it.bus.write(TALLER)
        await asyncio.gather(crowd.write(), crowd.come_and_go())
        await crowd.arrive()
        await asyncio.sleep(2 * CHECK_SECONDS)
        for stand in crowd.stands:
            for where, head in stand.heads.items():
                kept = [seq for id_, seq in it.done[stand.began : stand.arrived] if id_ == where]
                live = [seq for id_, seq in it.done[stand.arrived :] if id_ == where]
                above = [seq for seq in kept if seq > head]
                assert above + live == list(range(head + 1, len(it.bus.updates[where]) + 1))

    play(scene)
