"""How old rows are, as told by looks at the head of their log."""

from hypothesis import given
from hypothesis import strategies as st

from tertulia.kit.outbox.ages import MOST, Ages

STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=60)
"""By how much the head moves, and the time until the next look."""


@given(STEPS, st.integers(0, 20))
def test_ages_are_those_of_the_looks(steps, seconds):
    ages, head, now = Ages(), 0, 100.0
    first_seen: dict[int, float] = {}
    for moved, passed in steps:
        now += passed
        for position in range(head + 1, head + moved + 1):
            first_seen[position] = now
        head += moved
        ages.note(head, now)
        ages.forget(ages.old(seconds, now))
        for position, since in first_seen.items():
            if position > ages.old(seconds, now):
                assert ages.age(position, now) == now - since
        old = [it for it, since in first_seen.items() if now - since >= seconds]
        assert ages.old(seconds, now) == max(old, default=0)
    assert ages.age(head + 1, now) == 0


def test_of_very_many_looks_some_are_remembered():
    ages = Ages()
    for second in range(1, 10 * MOST):
        ages.note(second, float(second))
    assert len(ages._heads) <= MOST
    assert 10 * MOST - 64 <= ages.age(1, 10.0 * MOST) <= 10 * MOST
    assert 0 < ages.old(100, 10.0 * MOST) <= 10 * MOST - 100
