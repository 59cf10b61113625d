"""What is kept for those who arrive, and for no longer than they need it."""

from tertulia.gateway.live.arrivals import Arrivals


def test_nothing_is_kept_while_nobody_arrives():
    arrivals: Arrivals[str] = Arrivals()
    arrivals.told("before")
    arrivals.begin("a")
    assert arrivals.end("a") == []


def test_each_gets_what_was_told_since_it_began():
    arrivals: Arrivals[str] = Arrivals()
    arrivals.begin("a")
    arrivals.told("1")
    arrivals.begin("b")
    arrivals.told("2")
    assert arrivals.end("a") == ["1", "2"]
    arrivals.told("3")
    arrivals.begin("c")
    arrivals.told("4")
    assert arrivals.end("c") == ["4"]
    assert arrivals.end("b") == ["2", "3", "4"]
    assert len(arrivals) == 0
    assert arrivals._steps == []


def test_one_who_is_not_arriving_gets_nothing():
    arrivals: Arrivals[str] = Arrivals()
    arrivals.begin("a")
    arrivals.told("1")
    assert arrivals.end("b") == []
    assert arrivals.end("a") == ["1"]
    assert arrivals.end("a") == []
