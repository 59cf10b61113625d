import pytest

from tertulia.kernel.buckets import SWEEP, Buckets


def test_a_burst_is_let_through_and_then_a_token_at_a_time():
    buckets = Buckets(per_second=2, burst=3)
    assert [buckets.take("ana", 0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert buckets.take("ana", 0) == pytest.approx(0.5)
    assert buckets.take("ana", 0.5) == 0.0
    assert buckets.take("ana", 0.75) == pytest.approx(0.25)


def test_a_refusal_costs_nothing():
    buckets = Buckets(per_second=1, burst=1)
    buckets.take("ana", 0)
    for _ in range(100):
        assert buckets.take("ana", 0) == pytest.approx(1)
    assert buckets.take("ana", 1) == 0.0


def test_keys_do_not_share():
    buckets = Buckets(per_second=1, burst=1)
    assert buckets.take("ana", 0) == 0.0
    assert buckets.take("bruno", 0) == 0.0


def test_a_bucket_never_holds_more_than_its_burst():
    buckets = Buckets(per_second=1, burst=2)
    buckets.take("ana", 0)
    assert [buckets.take("ana", 1000) for _ in range(3)] == [0.0, 0.0, pytest.approx(1)]


def test_a_clock_that_goes_back_gives_and_takes_nothing():
    buckets = Buckets(per_second=1, burst=1)
    buckets.take("ana", 3600)
    assert buckets.take("ana", 0) == pytest.approx(1)
    assert buckets.take("ana", 1) == 0.0


def test_full_buckets_are_forgotten():
    buckets = Buckets(per_second=1, burst=1)
    for key in range(10 * SWEEP):
        buckets.take(key, key)
    assert len(buckets) <= SWEEP + 1


def test_buckets_in_use_are_not_forgotten():
    buckets = Buckets(per_second=1, burst=1)
    for key in range(3 * SWEEP):
        buckets.take(key, 0)
    assert buckets.take(0, 0) > 0


@pytest.mark.parametrize(("per_second", "burst"), [(0, 1), (-1, 1), (1, 0), (1, 0.5)])
def test_a_rate_that_lets_nothing_pass_is_a_mistake(per_second, burst):
    with pytest.raises(ValueError, match="at least 1 at once"):
        Buckets(per_second=per_second, burst=burst)
