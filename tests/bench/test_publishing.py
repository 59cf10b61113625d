"""The page of the results comes from what was kept of the last runs."""

import json

from tertulia.bench.plots import cost_of_parts, draw_plots, figure_by_size, in_time_by_load
from tertulia.bench.publishing import compose, publish, read_results

STEPS = [
    {"rate": 400, "messages": 40, "deliveries": 200, "in_time": 90, "seconds": 1.0},
    {"rate": 100, "messages": 10, "deliveries": 50, "in_time": 50, "seconds": 1.0},
    {"rate": 400, "messages": 40, "deliveries": 200, "in_time": 120, "seconds": 1.0},
    {"rate": 800, "messages": 0, "deliveries": 0, "in_time": 0, "seconds": 0.0},
]

ONE = {"in_time": 1_000_000, "cpu": {"gateway-1": 6.0, "personal-1": 0.5, "accounts-1": 0.25}}
TWO = {"in_time": 500_000, "cpu": {"gateway-1": 2.0, "gateway-2": 1.0, "NATS": 0.5}}


def kept(id_, *cases):
    return {
        "id": id_,
        "title": f"Title of {id_}",
        "question": "Question?",
        "markdown": f"| table of {id_} |",
        "machine": {"processor": "a fast one"},
        "full": id_ != "B6",
        "taken_at": "2026-11-24T10:00:00+00:00",
        "cases": list(cases),
    }


def case(size, **figures):
    return {"case": f"{size} members", "size": size, "figures": figures}


RESULTS = {
    "B2": kept(
        "B2",
        case(10, realtime={"p99 to the last": 1.0}, stock={"p99 to the last": None}),
        case(100, realtime={"p99 to the last": 2.0}, stock={"p99 to the last": 9.0}),
    ),
    "B3+B4": kept("B3+B4", case(1000, realtime={"memory of a connection": 8.0})),
    "B6": kept("B6", {**case(5), "samples": {"npm": [{"steps": STEPS}]}}),
    "B13": kept("B13", {**case(9), "samples": {"split": [{"sizes": {"1": ONE, "2": TWO}}]}}),
}


def test_what_has_no_result_has_no_point():
    points = figure_by_size(RESULTS["B2"]["cases"], "p99 to the last")
    assert points == {"realtime": [(10, 1.0), (100, 2.0)], "stock": [(100, 9.0)]}


def test_load_is_what_was_due_and_deliveries_what_came_in_time():
    assert in_time_by_load(RESULTS["B6"]["cases"][0]) == {"npm": [(500, 50), (2000, 120)]}


def test_what_serves_no_gateway_alone_is_a_layer_of_its_own():
    counts, layers = cost_of_parts(RESULTS["B13"]["cases"][0])
    assert counts == [1, 2]
    assert {layer: costs for layer, costs in layers.items() if any(costs)} == {
        "gateway-1": [6.0, 4.0],
        "gateway-2": [0.0, 2.0],
        "NATS": [0.0, 1.0],
        "other services": [0.75, 0.0],
    }


def test_gateways_without_a_result_draw_nothing():
    counts, layers = cost_of_parts({"samples": {}})
    assert (counts, set(map(tuple, layers.values()))) == ([], {()})


def test_the_same_results_draw_the_same_plots(tmp_path):
    drawn = [draw_plots(RESULTS, tmp_path / name) for name in ("first", "second")]
    assert drawn[0] == drawn[1]
    assert sorted(RESULTS) == sorted(drawn[0])
    for (name,) in drawn[0].values():
        first, second = ((tmp_path / folder / name).read_bytes() for folder in ("first", "second"))
        assert b"<svg" in first
        assert first == second


def test_the_page_has_a_section_for_each_and_names_the_machine(tmp_path):
    page = compose(RESULTS, {"B2": ["latency-against-size.svg"]})
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## B2 Title of B2",
        "## B3+B4 Title of B3+B4",
        "## B6 Title of B6",
        "## B13 Title of B13",
        "## The machine",
    ]
    assert "| table of B6 |" in page
    assert "(benchmarks/latency-against-size.svg)" in page
    assert "| processor | a fast one |" in page
    assert "2026-11-24" in page
    assert page.count("A short run.") == 1


def test_a_page_is_written_from_the_last_runs(tmp_path):
    build, docs = tmp_path / "build", tmp_path / "docs"
    build.mkdir()
    docs.mkdir()
    (build / "B2.json").write_text(json.dumps(RESULTS["B2"]), "utf-8")
    assert list(read_results(build)) == ["B2"]
    page = publish(build, docs)
    assert "| table of B2 |" in page.read_text("utf-8")
    assert (docs / "benchmarks" / "latency-against-size.svg").exists()
