"""How long the answer to a change will take."""

from collections import deque

import pytest

from tertulia.gateway.live.backlog import BURST_SECONDS, Backlog

STEP = 0.125
"""From one sample to the next."""


class Changes:
    """Changes that are under way, on a clock of their own."""

    def __init__(self) -> None:
        self.now = 100.0
        self.over = 0
        self._begun: deque[float] = deque()
        self.backlog = Backlog(self, lambda: self.now)

    def __len__(self) -> int:
        return len(self._begun)

    def oldest(self, now: float) -> float:
        return now - self._begun[0] if self._begun else 0.0

    def begin(self, count: int) -> None:
        self._begun.extend([self.now] * count)

    def end(self, count: int) -> None:
        self.over += count
        for _ in range(count):
            self._begun.popleft()

    def pass_by(self, seconds: float) -> float:
        self.now += seconds
        return self.backlog.wait()

    def carry_on(self, times: int, *, answers: int) -> float:
        """As many come as are answered, in each sample."""
        for _ in range(times):
            self.begin(answers)
            self.end(answers)
            self.pass_by(STEP)
        return self.backlog.wait()


@pytest.fixture
def changes() -> Changes:
    changes = Changes()
    changes.backlog.wait()
    return changes


def test_where_nothing_is_under_way_there_is_no_wait(changes: Changes):
    assert changes.pass_by(1) == 0


def test_the_time_before_a_jam_is_not_its_pace():
    changes = Changes()
    changes.begin(100)
    changes.now += 2 * BURST_SECONDS
    assert changes.backlog.wait() < 1


def test_a_burst_is_no_jam(changes: Changes):
    changes.begin(10_000)
    assert changes.pass_by(BURST_SECONDS / 2) == 0


def test_the_wait_is_that_of_as_many_as_are_not_answered(changes: Changes):
    changes.begin(200)
    assert changes.carry_on(20, answers=100) == pytest.approx(0.25, rel=0.05)


def test_it_goes_with_their_number_at_once(changes: Changes):
    changes.begin(200)
    changes.carry_on(20, answers=100)
    changes.begin(200)
    assert changes.backlog.wait() == pytest.approx(0.5, rel=0.05)
    changes.end(400)
    assert changes.backlog.wait() == 0


def test_a_stall_of_a_moment_is_not_the_pace(changes: Changes):
    changes.begin(200)
    before = changes.carry_on(20, answers=100)
    assert before < changes.carry_on(1, answers=0) < 2 * before


def test_where_nothing_is_answered_the_age_of_the_oldest_tells(changes: Changes):
    changes.begin(1)
    assert changes.pass_by(0.3) == pytest.approx(0.15)
    assert changes.pass_by(0.7) == pytest.approx(0.5)


def test_few_that_take_long_are_no_jam(changes: Changes):
    changes.begin(1)
    changes.pass_by(STEP)
    assert changes.pass_by(STEP) < 0.2
