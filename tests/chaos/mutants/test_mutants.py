import pytest

from tertulia.chaos.mutants import MUTANTS, Mutant, hunting
from tertulia.chaos.mutants.hunting import MutantTier, hunt
from tertulia.chaos.plan import CannotRun
from tertulia.chaos.violations import Violation


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=list(MUTANTS))
def test_a_defect_is_there_for_as_long_as_it_is_applied(mutant: Mutant):
    sound = [patch.stands() for patch in mutant.patches]
    with mutant.applied():
        assert all(
            patch.stands() is not it for patch, it in zip(mutant.patches, sound, strict=True)
        )
    assert [patch.stands() for patch in mutant.patches] == sound


@pytest.mark.parametrize("name", ["synchronous_normal", "retry_after_failed_sync"])
def test_who_does_not_wait_for_the_disk_is_caught(name):
    try:
        catch = hunt(MUTANTS[name])
    except CannotRun as missing:
        pytest.skip(str(missing))
    assert catch.violation is not None
    assert catch.violation.checker in MUTANTS[name].caught_by


@pytest.fixture
def run(monkeypatch):
    """Let a run say what the test wants."""

    def say(*found: Violation):
        runs = dict.fromkeys(hunting.RUNS, lambda _mutant, _seed: found)
        monkeypatch.setattr(hunting, "RUNS", runs)
        return MutantTier().run(1)

    return say


def test_a_defect_that_no_checker_of_its_own_notices_is_one_of_the_harness(run):
    for found in ([], [Violation("somebody else", "something else")]):
        outcome = run(*found)
        assert [it.checker for it in outcome.violations] == ["mutants"]
        assert outcome.counts == {"mutants": 1}


def test_a_defect_that_is_caught_is_none(run):
    every = {checker for mutant in MUTANTS.values() for checker in mutant.caught_by}
    outcome = run(*(Violation(checker, "so it is") for checker in every))
    assert not outcome.violations
    assert outcome.counts["caught"] == outcome.counts["mutants"] == 1
    assert any("with seed 1" in name for name in outcome.counts)


def test_a_defect_of_each_tier_can_be_hunted():
    assert {mutant.tier for mutant in MUTANTS.values()} == hunting.RUNS.keys()


def test_a_full_run_hunts_each_of_them():
    assert MutantTier().enough == {"mutants": len(MUTANTS)}
