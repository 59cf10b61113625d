"""Catching the defects: each is run in its tier, seed after seed, until one of its checkers speaks."""

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from tertulia.chaos.checkers import check
from tertulia.chaos.live.tier import LiveTier
from tertulia.chaos.mutants.catalogue import MUTANTS
from tertulia.chaos.mutants.mutant import Mutant
from tertulia.chaos.plan import CannotRun, Outcome
from tertulia.chaos.power.promises import check_order
from tertulia.chaos.power.recording import CannotRecord, record
from tertulia.chaos.power.verifying import verify
from tertulia.chaos.simulation.play import simulate
from tertulia.chaos.simulation.town import town
from tertulia.chaos.split.tier import SplitTier
from tertulia.chaos.violations import Violation

SEEDS = {"simulation": 30, "power": 2, "live": 6, "split": 4}
"""After how many a defect counts as not caught."""
MESSAGES = 300
IMAGES = 30


@dataclass(frozen=True)
class Catch:
    """Who noticed a defect, with which seed; nobody did where `violation` is None."""

    mutant: Mutant
    seed: int
    violation: Violation | None

    def __str__(self) -> str:
        if self.violation is None:
            return f"{self.mutant.name}: NOT caught in {SEEDS[self.mutant.tier]} seeds"
        found = self.violation
        return f"{self.mutant.name}: caught by {found.checker}, seed {self.seed}: {found.says}"


def hunt(mutant: Mutant, first_seed: int = 1) -> Catch:
    """Run it until it is caught. Raises `CannotRun`."""
    run = RUNS[mutant.tier]
    seed = first_seed
    for seed in islice(count(first_seed), SEEDS[mutant.tier]):
        for violation in run(mutant, seed):
            if violation.checker in mutant.caught_by:
                return Catch(mutant, seed, violation)
    return Catch(mutant, seed, None)


def _simulated(mutant: Mutant, seed: int) -> Iterable[Violation]:
    town()  # founded once, by a product without defects
    with mutant.applied():
        return check(simulate(seed).history)


def _cut(mutant: Mutant, seed: int) -> Iterable[Violation]:
    module = ("tertulia.chaos.mutants", mutant.name)
    with tempfile.TemporaryDirectory(prefix="tertulia-mutant-") as folder:
        try:
            recording = record(
                Path(folder) / "recording",
                seed=seed,
                messages=MESSAGES,
                module=module,
                inject=mutant.inject,
            )
        except CannotRecord as error:
            raise CannotRun(str(error)) from error
    yield from check_order(recording)
    for bad in asyncio.run(verify(recording, range(IMAGES))).bad:
        yield from bad.violations


def _lived(mutant: Mutant, seed: int) -> Iterable[Violation]:
    with (
        tempfile.TemporaryDirectory(prefix="tertulia-mutant-") as folder,
        LiveTier(Path(folder), official=False, mutant=mutant.name) as tier,
    ):
        return tier.run(seed).violations


def _scattered(mutant: Mutant, seed: int) -> Iterable[Violation]:
    with (
        tempfile.TemporaryDirectory(prefix="tertulia-mutant-") as folder,
        SplitTier(Path(folder), official=False, mutant=mutant.name) as tier,
    ):
        return tier.run(seed).violations


RUNS: Mapping[str, Callable[[Mutant, int], Iterable[Violation]]] = {
    "simulation": _simulated,
    "power": _cut,
    "live": _lived,
    "split": _scattered,
}
"""How a seed of each tier is run, and judged."""


class MutantTier:
    """Each run hunts one defect; one that is not caught is a violation by the harness itself."""

    name = "mutants"
    says = "a seeded defect, which its checker must catch"
    enough: Mapping[str, int] = {"mutants": len(MUTANTS)}

    def run(self, seed: int) -> Outcome:
        """Hunt the next one; the same seed hunts the same. Raises `CannotRun`."""
        mutants = sorted(MUTANTS.values(), key=lambda it: it.tier, reverse=True)
        catch = hunt(mutants[(seed - 1) % len(mutants)])
        if catch.violation is None:
            return Outcome(seed, [Violation("mutants", str(catch))], {"mutants": 1})
        caught = f"{catch.mutant.name} by {catch.violation.checker} with seed {catch.seed}"
        return Outcome(seed, [], {"mutants": 1, "caught": 1, f"caught: {caught}": 1})
