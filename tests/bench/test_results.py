"""Medians, ratios and verdicts: what counts as a result, and what as met."""

import json

import pytest

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.errors import NoResult
from tertulia.bench.figures import GENERATOR, Figure, Target, latency, per_second, server_share
from tertulia.bench.peers import NPM, NULL, REALTIME, STOCK
from tertulia.bench.results import CaseResult, Result, missed

SPEED = Figure("speed", "/s", lambda sample: sample["speed"])
DELAY = Figure("delay", "ms", lambda sample: sample["delay"], more_is_better=False)


def result(*targets, realtime=(300.0, 100.0, 200.0), npm=(10.0,)):
    case = CaseResult("a room", 10, [REALTIME, NPM, STOCK], [SPEED, DELAY], list(targets))
    for peer, speeds in ((REALTIME, realtime), (NPM, npm)):
        for speed in speeds:
            case.add(peer, {"speed": speed, "delay": 1000 / speed})
    return case


def verdict(*targets, **speeds):
    return [(it.reached, it.met) for it in result(*targets, **speeds).verdicts()]


def test_the_median_of_the_rounds_counts():
    assert result().value("realtime", SPEED) == 200


def test_one_bad_round_is_enough_to_have_no_result():
    case = result()
    case.add(REALTIME, NoResult("3 deliveries were lost"))
    assert case.value("realtime", SPEED) is None
    assert case.ratio("realtime", SPEED, "npm") is None


def test_what_was_not_timed_has_no_figure():
    case = result()
    case.add(STOCK, {"speed": 1.0, "delay": None})
    assert case.value("stock", SPEED) == 1
    assert case.value("stock", DELAY) is None
    assert case.ratio("stock", DELAY, "npm") is None


def test_a_ratio_is_that_of_the_medians():
    assert result().ratio("realtime", SPEED, "npm") == 20


def test_where_more_is_better_a_bound_is_a_floor():
    assert verdict(Target("realtime", "speed", 200)) == [(200, True)]
    assert verdict(Target("realtime", "speed", 201)) == [(200, False)]


def test_where_less_is_better_a_bound_is_a_ceiling():
    assert verdict(Target("realtime", "delay", 5)) == [(5, True)]
    assert verdict(Target("realtime", "delay", 4.9)) == [(5, False)]


def test_a_bound_may_be_a_multiple_of_another_peer():
    assert verdict(Target("realtime", "speed", 20, than="npm")) == [(20, True)]
    assert verdict(Target("realtime", "speed", 20, than="npm"), npm=(11.0,)) == [
        (pytest.approx(18.18, abs=0.01), False)
    ]


def test_without_a_result_nothing_is_met():
    assert verdict(Target("stock", "speed", 1)) == [(None, None)]
    assert verdict(Target("realtime", "speed", 1, than="stock")) == [(None, None)]


def test_what_is_missed_is_what_is_not_met_or_has_no_result():
    targets = [Target("realtime", "speed", bound) for bound in (1, 1e6)]
    case = result(*targets, Target("stock", "speed", 1))
    found = missed([Result("B0", "Title", "Question?", [case])])
    assert [verdict.target.bound for _, _, verdict in found] == [1e6, 1]


def test_a_result_can_be_kept_as_json():
    case = result(Target("realtime", "speed", 50, than="npm"))
    case.add(STOCK, NoResult("it does not start"))
    kept = json.loads(json.dumps(Result("B0", "Title", "Question?", [case]).as_json()))
    (only,) = kept["cases"]
    assert only["figures"]["realtime"] == {"speed": 200, "delay": 5}
    assert only["figures"]["stock"] == {"speed": None, "delay": None}
    assert only["targets"][0]["met"] is False
    assert only["failures"] == {"stock": ["it does not start"]}
    assert [sample["speed"] for sample in only["samples"]["realtime"]] == [300, 100, 200]


def test_peers_take_turns_and_the_ceiling_is_taken_once(workshop):
    order = []

    def measure(_workshop, peer):
        order.append(peer.key)
        if peer is STOCK:
            raise NoResult("lost")
        return {"speed": 1.0}

    case = Case("a room", [REALTIME, STOCK, NULL], measure, [SPEED], rounds=2)
    benchmark = Benchmark("B0", "Title", "Question?", lambda _effort: [case])
    taken = benchmark.run(workshop, Effort(), lambda _text: None)
    assert order == ["realtime", "stock", "null", "realtime", "stock"]
    assert taken.cases[0].value("realtime", SPEED) == 1
    assert taken.cases[0].failures == {"stock": ["lost", "lost"]}


def test_what_is_read_off_a_report():
    report = {
        "seconds": 2.0,
        "deliveries": 10.0,
        "server_cpu": 1.0,
        "generator_cpu": 0.5,
        "latency": {"p50": 1.0, "p99": 9.0},
    }
    assert per_second("deliveries")(report) == 5
    assert latency("p99")(report) == 9
    assert latency("p99")({"latency": None}) is None
    assert server_share(report) == 50
    assert GENERATOR.of(report) == 25
