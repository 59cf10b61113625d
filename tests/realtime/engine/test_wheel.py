"""The wheel, in virtual time: never early, late by less than a slot, and still when nobody waits."""

from collections.abc import Callable, Iterator
from typing import Any, Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.chaos.simulation.virtual_time import VirtualLoop
from tertulia.realtime.engine.wheel import COARSEST, FINEST, LOOKS, SLOTS, Wheel

SLOT = 1.0
FAR = 1e9


class Watched:
    """Has something to do at a time, and says when to look again."""

    def __init__(self, loop: VirtualLoop, act: Callable[[], Any] = lambda: None) -> None:
        self.due = -1
        self.closed = False
        self.at = FAR
        self.acted: list[float] = []
        self.looks = 0
        self._loop = loop
        self._act = act

    def look(self, now: float) -> float:
        self.looks += 1
        if now >= self.at:
            self.acted.append(now)
            self.at = FAR
            self._act()
        return self.at - now


class Clock:
    """A wheel in a loop, and who is watched."""

    def __init__(self, shortest: float = SLOT * LOOKS) -> None:
        self.loop = VirtualLoop()
        self.wheel: Any = Wheel(shortest)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.close()

    def watch(self, watched: Watched, seconds: float) -> None:
        with self.loop.within():
            watched.at = min(watched.at, self.loop.now + seconds)
            self.wheel.watch(watched, seconds)

    def watched(self, seconds: float, act: Callable[[], Any] = lambda: None) -> Watched:
        watched = Watched(self.loop, act)
        self.watch(watched, seconds)
        return watched

    def close(self, watched: Watched) -> None:
        watched.closed = True
        self.wheel.forget(watched)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with Clock() as clock:
        yield clock


SECONDS = st.floats(0.01, 300, allow_nan=False)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 20), SECONDS), min_size=1, max_size=30))
def test_nothing_is_done_early_or_late_by_a_slot(plan):
    expected = []
    with Clock() as clock:
        for pause, seconds in plan:
            clock.loop.advance(pause)
            expected.append((clock.watched(seconds), clock.loop.now + seconds))
        clock.loop.advance(302)
    for watched, at in expected:
        assert len(watched.acted) == 1
        assert at <= watched.acted[0] < at + SLOT + 1e-6


@pytest.mark.parametrize("shortest", [0.05, 0.3, 25.0, 100.0])
def test_a_slot_is_a_part_of_the_shortest_time(shortest):
    slot = Wheel(shortest).seconds
    assert slot == min(max(shortest / LOOKS, FINEST), COARSEST)


def test_sub_second_times_are_kept():
    with Clock(0.1) as clock:
        watched = clock.watched(0.1)
        clock.loop.advance(0.2)
    assert 0.1 <= watched.acted[0] < 0.1 + clock.wheel.seconds + 1e-6


def test_thousands_are_watched(clock):
    everyone = [clock.watched(1 + number % 100 / 3) for number in range(5000)]
    clock.loop.advance(40)
    assert all(len(it.acted) == 1 for it in everyone)


def test_what_is_sooner_counts(clock):
    watched = clock.watched(100)
    clock.watch(watched, 5)
    clock.watch(watched, 50)
    clock.loop.advance(7)
    assert 5 <= watched.acted[0] < 6 + 1e-6


def test_who_is_forgotten_is_not_looked_at(clock):
    gone, there = clock.watched(5), clock.watched(5)
    clock.close(gone)
    clock.loop.advance(20)
    assert not gone.looks
    assert len(there.acted) == 1


def test_forgetting_twice_or_for_nothing_is_harmless(clock):
    gone, stranger, there = clock.watched(5), Watched(clock.loop), clock.watched(5)
    for watched in (gone, gone, stranger):
        clock.wheel.forget(watched)
    clock.loop.advance(20)
    assert len(there.acted) == 1


def test_nobody_to_watch_means_no_timer(clock):
    assert clock.loop.timers() == 0
    watched = clock.watched(5)
    assert clock.loop.timers() == 1
    clock.close(watched)
    clock.loop.advance(2 * SLOT)
    assert clock.loop.timers() == 0
    later = clock.watched(5)
    clock.loop.advance(7)
    assert len(later.acted) == 1


def test_stopping_stops_the_timer(clock):
    clock.watched(5)
    clock.wheel.stop()
    assert clock.loop.timers() == 0


def test_whoever_is_seen_to_closes_another_of_its_slot(clock):
    pair: list[Watched] = []
    pair += [clock.watched(5, lambda: clock.close(pair[1])), clock.watched(5)]
    pair[1]._act = lambda: clock.close(pair[0])
    clock.loop.advance(20)
    assert sum(len(it.acted) for it in pair) == 1
    for watched in pair:
        clock.close(watched)
    clock.loop.advance(2 * SLOT)
    assert clock.loop.timers() == 0


def test_whoever_is_seen_to_asks_for_another_of_its_slot(clock):
    """Each is watched once, whoever asks for it and when: otherwise it is looked at more and more often."""
    everyone: list[Watched] = []

    def ask() -> None:
        for watched in everyone:
            clock.wheel.watch(watched, 3)
            watched.at = min(watched.at, clock.loop.time() + 3)

    everyone += [clock.watched(5, ask) for _ in range(3)]
    clock.loop.advance(50)
    for watched in everyone:
        watched.looks, watched.at = 0, FAR
    clock.loop.advance(SLOTS * SLOT)
    assert max(watched.looks for watched in everyone) <= 2
    for watched in everyone:
        clock.close(watched)
    clock.loop.advance(2 * SLOT)
    assert clock.loop.timers() == 0


@pytest.mark.parametrize("lag", [3, SLOTS - 1, SLOTS, 3 * SLOTS])
def test_a_loop_that_stood_still_catches_up(clock, lag):
    everyone = [clock.watched(seconds) for seconds in (1, 2.5, 50, 126, 200)]
    clock.loop.advance(0.5)
    clock.loop.now += lag
    clock.loop.advance(2 * SLOT)
    for watched, at in zip(everyone, (1, 2.5, 50, 126, 200), strict=True):
        assert len(watched.acted) == (at <= lag + 1), at
    clock.loop.advance(250)
    assert all(len(watched.acted) == 1 for watched in everyone)
