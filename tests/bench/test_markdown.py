"""Tables are read by people: ratios first, three digits, and why something is missing."""

import pytest

from tertulia.bench.errors import NoResult
from tertulia.bench.figures import Figure, Target
from tertulia.bench.markdown import number, quantity, result_table
from tertulia.bench.peers import NPM, REALTIME, STOCK
from tertulia.bench.results import CaseResult, Result

SPEED = Figure("speed", "/s", lambda sample: sample["speed"])
OTHER = Figure("other", "ms", lambda sample: sample["other"])


def table(*targets):
    first = CaseResult("small", 1, [REALTIME, NPM, STOCK], [SPEED], list(targets))
    first.add(REALTIME, {"speed": 2_500_000.0})
    first.add(NPM, {"speed": 50_000.0})
    first.add(STOCK, NoResult("12 deliveries were lost"))
    second = CaseResult("large", 2, [NPM], [SPEED, OTHER], [])
    second.add(NPM, {"speed": 40_000.0, "other": 1.5})
    return result_table(Result("B0", "Title", "Question?", [first, second]))


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.1234, "0.12"),
        (0.0207, "0.021"),
        (12.34, "12.3"),
        (123.4, "123"),
        (17_119_000, "17.1 M"),
        (2_400, "2.40 k"),
        (3e9, "3.00 G"),
    ],
)
def test_a_number_has_the_digits_that_count(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (999, "ms", "999 ms"),
        (1_930, "ms", "1.93 s"),
        (3_690_000, "µs", "3.69 s"),
        (5_000, "/s", "5.00 k /s"),
        (3, "", "3.00"),
    ],
)
def test_a_time_has_the_unit_that_suits_it(value, unit, text):
    assert quantity(value, unit) == text


def test_the_ratio_stands_before_what_it_is_a_ratio_of():
    rows = [cells(line) for line in table().splitlines() if line.startswith("|")]
    assert rows[0] == ["", "server", "speed", "other"]
    assert rows[2] == ["small", "tertulia.realtime", "50.0 × (2.50 M /s)", ""]
    assert rows[3] == ["", "npm socket.io", "50.0 k /s", ""]
    assert rows[5] == ["large", "npm socket.io", "40.0 k /s", "1.50 ms"]


def test_lines_of_a_table_are_as_long_as_each_other():
    lines = [line for line in table().splitlines() if line.startswith("|")]
    assert len({len(line) for line in lines}) == 1


def test_cases_that_begin_with_another_figure_have_a_table_of_their_own():
    first = CaseResult("small", 1, [NPM], [SPEED, OTHER], [])
    second = CaseResult("large", 2, [NPM], [OTHER], [])
    for case in (first, second):
        case.add(NPM, {"speed": 1.0, "other": 1.5})
    tables = result_table(Result("B0", "Title", "Question?", [first, second])).split("\n\n")
    heads = [cells(table.splitlines()[0]) for table in tables]
    assert heads == [["", "server", "speed", "other"], ["", "server", "other"]]


def test_what_has_no_result_says_why():
    assert "small: python-socketio, stock has no result: 12 deliveries were lost" in table()


def test_targets_stand_beside_with_what_was_reached():
    text = table(
        Target("realtime", "speed", 50, than="npm"),
        Target("realtime", "speed", 60, than="npm"),
        Target("stock", "speed", 1),
    )
    assert "small: tertulia.realtime, speed ≥ 50 × npm socket.io: 50.0, met" in text
    assert "speed ≥ 60 × npm socket.io: 50.0, **not met**" in text
    assert "python-socketio, stock, speed ≥ 1 /s: –, **no result**" in text
