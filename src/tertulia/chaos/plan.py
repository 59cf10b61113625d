"""Which tiers run for how long: a minute each in the tests, ten minutes in all, or to the full counts."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from tertulia.chaos.violations import Violation

Tell = Callable[[str], object]
SHOWN = 5
"""Violations of a run that are told at once; the page has more."""


@dataclass(frozen=True)
class Outcome:
    """What one run of a tier came to."""

    seed: int
    violations: Sequence[Violation] = ()
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    """What it did, for the report: kills, images, operations, each by its English plural."""


class Tier(Protocol):
    """A way to put the promises to the proof, run by run."""

    @property
    def name(self) -> str:
        """As on the command line."""
        ...

    @property
    def says(self) -> str:
        """What a run does, in an English phrase of the report."""
        ...

    @property
    def enough(self) -> Mapping[str, int]:
        """The counts at which a full run is done."""
        ...

    def run(self, seed: int) -> Outcome:
        """One run. The same seed draws the same people, words and faults. Raises `CannotRun`."""
        ...


class CannotRun(Exception):
    """Something that a tier needs is missing on this machine; the text names it in English."""


@dataclass
class Tally:
    """What the runs of one tier came to."""

    tier: Tier
    first_seed: int
    runs: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter[str])
    found: list[tuple[int, Violation]] = field(default_factory=list[tuple[int, Violation]])
    """Violations with the seed of their run."""
    missing: str | None = None
    """What it needs and this machine lacks."""

    def add(self, outcome: Outcome) -> None:
        """Count a run."""
        self.runs += 1
        self.counts.update(outcome.counts)
        self.found += [(outcome.seed, violation) for violation in outcome.violations]

    @property
    def is_enough(self) -> bool:
        """Whether a full run is done."""
        return all(self.counts[name] >= least for name, least in self.tier.enough.items())


@dataclass(frozen=True)
class Plan:
    """`seconds` for all tiers together, or `full`: each to its full counts, however long that takes."""

    seconds: float = 600.0
    full: bool = False
    seed: int = 1

    def carry_out(self, tiers: Sequence[Tier], tell: Tell) -> list[Tally]:
        """One tier after the other, each with at least one run; what is wrong is told at once."""
        share = self.seconds / max(1, len(tiers))
        return [self._run(tier, share, tell) for tier in tiers]

    def _run(self, tier: Tier, share: float, tell: Tell) -> Tally:
        tally, began = Tally(tier, self.seed), time.monotonic()
        tell(f"── {tier.name}: {tier.says}")
        try:
            for outcome in self._outcomes(tier):
                tally.add(outcome)
                for violation in outcome.violations[:SHOWN]:
                    tell(f"{tier.name}, seed {outcome.seed}: {violation.checker}: {violation.says}")
                tally.seconds = time.monotonic() - began
                if tally.is_enough if self.full else tally.seconds >= share:
                    break
        except CannotRun as error:
            tally.missing = str(error)
        tell(said(tally))
        return tally

    def _outcomes(self, tier: Tier) -> Iterator[Outcome]:
        return map(tier.run, count(self.seed))


def said(tally: Tally) -> str:
    """A tally in a line."""
    if tally.missing is not None:
        return f"{tally.tier.name}: not run: {tally.missing}"
    return (
        f"{tally.tier.name}: {counted(tally.runs, 'run')} in {tally.seconds:.0f} s"
        f" ({listed(tally.counts)}), {counted(len(tally.found), 'violation')}"
    )


def listed(counts: Mapping[str, int]) -> str:
    """`500 kills, 20,000 operations`, by name."""
    return ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items()))


def counted(number: int, noun: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
