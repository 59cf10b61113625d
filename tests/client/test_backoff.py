"""How long a client waits, and that it never waits like everybody else."""

from hypothesis import given
from hypothesis import strategies as st

from tertulia.client.backoff import compute_delay
from tertulia.client.models import Reconnect

RECONNECT = Reconnect(base_ms=100, max_ms=5_000)


def longest(attempt: int, at_least_ms: int | None = None) -> float:
    return compute_delay(attempt, RECONNECT, at_least_ms=at_least_ms, draw=lambda _, high: high)


def test_the_bound_doubles_up_to_the_maximum():
    assert [longest(n) for n in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_a_thousandth_attempt_is_as_long_as_a_tenth():
    assert longest(1_000) == longest(10)


@given(st.integers(0, 100), st.integers(0, 60_000))
def test_nobody_comes_before_the_server_said(attempt, at_least_ms):
    delay = compute_delay(attempt, RECONNECT, at_least_ms=at_least_ms)
    assert at_least_ms / 1000 <= delay <= longest(attempt, at_least_ms)
