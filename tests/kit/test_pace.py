"""How long what waits for the writer will take."""

from tertulia.kit.db.pace import BURST_SECONDS, Pace

JAM = 2 * BURST_SECONDS


def test_where_nothing_is_known_only_the_age_counts():
    assert Pace().wait(1000, 0) == 0
    assert Pace().wait(1000, JAM) == JAM / 2


def test_a_burst_is_no_jam():
    pace = Pace()
    pace.note(1, 0.01)
    assert pace.wait(500, BURST_SECONDS / 2) == 0
    assert pace.wait(500, JAM) == 5


def test_what_goes_faster_lately_is_known_soon():
    pace = Pace()
    pace.note(1, 1.0)
    for _ in range(20):
        pace.note(100, 0.1)
    assert pace.wait(100, JAM) < 0.2
