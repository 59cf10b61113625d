"""How long what waits for the writer will take."""

from tertulia.kit.db.pace import BURST_SECONDS, FEW, Pace

JAM = 2 * BURST_SECONDS


def test_where_nothing_is_known_only_the_age_counts():
    assert Pace().wait(1000, 0) == 0
    assert Pace().wait(1000, JAM) == JAM / 2


def test_a_burst_is_no_jam():
    pace = Pace()
    pace.note(100, 1.0)
    assert pace.wait(500, BURST_SECONDS / 2) == 0
    assert pace.wait(500, JAM) == 5


def test_few_calls_on_a_slow_disk_are_no_jam():
    pace = Pace()
    pace.note(1, 0.2)
    assert pace.wait(2, JAM) == JAM / 2
    assert pace.wait(10 * FEW, JAM) == 2


def test_what_goes_faster_lately_is_known_soon():
    pace = Pace()
    pace.note(1, 1.0)
    for _ in range(20):
        pace.note(100, 0.1)
    assert pace.wait(100, JAM) < 0.2
