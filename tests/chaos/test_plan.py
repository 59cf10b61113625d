"""How tiers are run: at least once, to the time or to the full counts, and what is told of it."""

from collections.abc import Mapping, Sequence

from tertulia.chaos.history import Lost
from tertulia.chaos.plan import CannotRun, Outcome, Plan, Tally
from tertulia.chaos.report import compose, publish, verdict
from tertulia.chaos.violations import Violation

BROKEN = Violation("C1", "message m1 was acknowledged and is in no log", (Lost(1, "ana", "cut"),))


class Rehearsal:
    """A tier that comes to what it is told."""

    name = "rehearsal"
    says = "nothing at all"
    enough: Mapping[str, int] = {"kills": 5}

    def __init__(self, found: Sequence[Violation] = (), missing: str = "") -> None:
        self.seeds: list[int] = []
        self._found = found
        self._missing = missing

    def run(self, seed: int) -> Outcome:
        if self._missing:
            raise CannotRun(self._missing)
        self.seeds.append(seed)
        return Outcome(seed, self._found, {"kills": 2})


def silently(_text: str) -> None:
    pass


def test_a_tier_runs_once_without_time():
    tier = Rehearsal()
    (tally,) = Plan(seconds=0, seed=7).carry_out([tier], silently)
    assert (tier.seeds, tally.runs, tally.counts["kills"]) == ([7], 1, 2)


def test_a_full_run_goes_to_the_full_counts():
    tier = Rehearsal()
    (tally,) = Plan(seconds=0, full=True).carry_out([tier], silently)
    assert tier.seeds == [1, 2, 3]
    assert tally.is_enough


def test_a_violation_is_told_with_its_seed():
    told: list[str] = []
    tallies = Plan(seconds=0, seed=7).carry_out([Rehearsal([BROKEN])], told.append)
    assert any("rehearsal, seed 7: C1: message m1" in line for line in told)
    page = compose(tallies)
    assert "**1 violation** in 1 run." in page
    assert '"client":"ana"' in page
    assert "tertulia chaos --tier rehearsal --seed 7 --seconds 0" in page


def test_many_violations_are_counted():
    tallies = Plan(seconds=0).carry_out([Rehearsal([BROKEN] * 15)], silently)
    page = compose(tallies)
    assert page.count("## C1, rehearsal") == 10
    assert "and 5 more" in page


def test_what_is_missing_is_named():
    tallies = Plan(seconds=0).carry_out(
        [Rehearsal(missing="strace is missing"), Rehearsal()], silently
    )
    assert verdict(tallies) == "0 violations in 1 run; not run: rehearsal."
    assert "strace is missing" in compose(tallies)


def test_the_page_is_written(tmp_path):
    tallies = Plan(seconds=0).carry_out([Rehearsal()], silently)
    page = publish(tallies, tmp_path)
    assert page.name == "chaos.md"
    assert page.read_text("utf-8") == compose(tallies)


def test_the_page_says_what_sums_are_made_of():
    tier = Rehearsal()
    tally = Tally(tier, 1)
    tally.counts.update({"kills": 5, "kills at any moment": 2, "kills at after_ack": 3})
    page = compose([tally])
    assert "**rehearsal**: 5 kills" in page
    assert "* kills: 3 after_ack, 2 any moment" in page
