"""What is read off the charges of a run."""

import pytest

from tertulia.bench.split import figures as of

SAMPLE = {
    "messages": 1_000,
    "deliveries": 10_000,
    "seconds": 4.0,
    "server_cpu": 1.0,
    "generator_cpu": 0.5,
    "generator_waited": 1.5,
    "cpu": {
        "gateway-1": 0.3,
        "gateway-2": 0.1,
        "conversations-1": 0.25,
        "conversations-2": 0.15,
        "NATS": 0.1,
        "PostgreSQL": 0.1,
    },
}


def test_two_cores_carry_what_all_parts_together_leave_time_for():
    assert of.carried_by_cores(SAMPLE) == pytest.approx(2_000)


def test_with_a_core_for_each_process_the_busiest_one_decides():
    assert of.carried_by_busiest(SAMPLE) == pytest.approx(1_000 / 0.3)


@pytest.mark.parametrize(
    ("kinds", "cost"),
    [(("gateway",), 400), (("conversations", "NATS"), 500), (("accounts",), None)],
)
def test_the_parts_of_a_kind_are_added_up(kinds, cost):
    found = of.per_message("some", *kinds).of(SAMPLE)
    assert found == (cost if cost is None else pytest.approx(cost))


def test_fan_out_is_what_has_connections_and_the_bus_between():
    assert of.fanned_out(SAMPLE) == pytest.approx(10_000 / 0.5)
    peer = {**SAMPLE, "cpu": {"process-1": 0.4, "process-2": 0.4, "Redis": 0.2}}
    assert of.fanned_out(peer) == pytest.approx(10_000)


def test_deliveries_that_came_late_were_not_paid_for_in_time():
    assert of.whole_delivery({**SAMPLE, "in_time": 5_000}) == pytest.approx(200)
    assert of.whole_delivery(SAMPLE) == pytest.approx(100)


def test_a_generator_that_waits_for_a_core_is_not_idle():
    assert of.generator_held(SAMPLE) == pytest.approx(50)


def test_gateways_are_compared_with_the_fewest_and_with_an_even_share():
    one = {"in_time": 100, "cpu": {"gateway-1": 1.0, "NATS": 9.0}}
    two = {"in_time": 200, "cpu": {"gateway-1": 1.5, "gateway-2": 1.0, "NATS": 9.0}}
    both = {"sizes": {1: one, 2: two}}
    assert of.gateways_delivery(two) == pytest.approx(12_500)
    assert of.busiest_gateway_delivery(two) == pytest.approx(7_500)
    assert of.rise_of_gateways(both) == pytest.approx(1.25)
    assert of.largest_share(both) == pytest.approx(1.2)


def test_many_processes_are_later_than_one_by_the_difference():
    sample = {"latency": {"p99": 12.0}, "one": {"latency": {"p99": 9.0}}}
    assert of.later_than_one_process(sample) == 3
