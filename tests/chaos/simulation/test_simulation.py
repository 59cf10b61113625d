"""The simulation tier: a seed plays again exactly, keeps every promise, and catches whoever breaks one."""

import hashlib
import os
import subprocess
import sys

import pytest

from tertulia.chaos.checkers import check
from tertulia.chaos.history import Heard, Lost, to_line
from tertulia.chaos.mutants import MUTANTS
from tertulia.chaos.simulation.play import simulate
from tertulia.chaos.simulation.tier import Simulation
from tertulia.chaos.simulation.town import town

SEEDS_TO_CATCH = 12
ACTS = 8


@pytest.fixture(autouse=True)
def founded():
    """The town is founded by a product without defects."""
    return town()


def lines(seed: int) -> list[str]:
    return [to_line(record) for record in simulate(seed, ACTS).history.records]


def test_a_seed_plays_again_to_the_last_byte():
    assert lines(7) == lines(7)


def test_a_seed_plays_again_in_another_process():
    program = (
        "import hashlib; from tests.chaos.simulation.test_simulation import lines;"
        "print(hashlib.sha256('\\n'.join(lines(7)).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    played = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert played.stdout.strip() == hashlib.sha256("\n".join(lines(7)).encode()).hexdigest()


def test_seeds_differ():
    assert lines(1) != lines(2)


def test_a_play_holds_what_it_is_to_prove():
    plays = [simulate(seed, ACTS) for seed in range(1, 7)]
    records = [record for play in plays for record in play.history.records]
    assert any(play.lives > 1 for play in plays)
    assert any(isinstance(record, Lost) for record in records)
    assert {it.by for it in records if isinstance(it, Heard)} == {"live", "catch_up"}


@pytest.mark.parametrize("seed", range(1, 7))
def test_every_promise_is_kept(seed: int):
    play = simulate(seed, ACTS)
    assert not check(play.history)
    assert not play.defects


@pytest.mark.parametrize(
    "name", [mutant.name for mutant in MUTANTS.values() if mutant.tier == "simulation"]
)
def test_a_defect_is_caught_by_its_checker(name: str):
    mutant = MUTANTS[name]
    tier, found = Simulation(ACTS), set[str]()
    with mutant.applied():
        for seed in range(1, SEEDS_TO_CATCH):
            found |= {it.checker for it in tier.judge(seed)}
            if found & mutant.caught_by:
                return
    pytest.fail(f"only {found or 'nothing'} complained of {name}")


def test_what_is_wrong_is_shown_in_the_shortest_play():
    with MUTANTS["no_unique_id"].applied():
        outcome = Simulation(ACTS).run(1)
        assert {it.checker for it in outcome.violations} & {"C2", "C3"}
        assert all("seed 1, " in it.says for it in outcome.violations)
        assert all(f" {ACTS} acts" not in it.says for it in outcome.violations)
