"""The simulation as a tier of a plan: a run is a seed, judged by the checkers."""

from collections.abc import Iterator, Mapping

from tertulia.chaos.checkers import check
from tertulia.chaos.history import Invoked
from tertulia.chaos.plan import Outcome
from tertulia.chaos.simulation.play import ACTS, Simulated, simulate
from tertulia.chaos.simulation.virtual_time import Stuck
from tertulia.chaos.violations import Violation


class Simulation:
    """See `Tier`."""

    name = "simulation"
    says = "six clients, a server that dies anywhere and a bad network, in virtual time"
    enough: Mapping[str, int] = {"seeds": 1000}

    def __init__(self, acts: int = ACTS) -> None:
        self._acts = acts

    def judge(self, seed: int) -> list[Violation]:
        """What the checkers say of a seed."""
        return _judged(seed, self._acts)[0]

    def run(self, seed: int) -> Outcome:
        """Play a seed. What is wrong is shown in the shortest play of the seed that shows it."""
        violations, counts = _judged(seed, self._acts)
        if violations:
            acts, violations = _shortest(seed, self._acts, violations)
            violations = [_with_length(it, seed, acts) for it in violations]
        return Outcome(seed, violations, counts)


def _judged(seed: int, acts: int) -> tuple[list[Violation], dict[str, int]]:
    try:
        played = simulate(seed, acts)
    except Stuck:
        return [Violation("hang", "somebody waits for what will never come")], {"seeds": 1}
    operations = sum(isinstance(it, Invoked) for it in played.history.records)
    counts = {"seeds": 1, "operations": operations, "deaths": played.lives - 1}
    return [*_defects(played), *check(played.history)], counts


def _defects(played: Simulated) -> Iterator[Violation]:
    for defect in played.defects:
        yield Violation("defect", f"the server complains: {defect}")


def _shortest(seed: int, most: int, found: list[Violation]) -> tuple[int, list[Violation]]:
    """The smallest number of acts with which one of the same checkers has something to say."""
    checkers = {it.checker for it in found}
    for acts in range(1, most):
        violations = [it for it in _judged(seed, acts)[0] if it.checker in checkers]
        if violations:
            return acts, violations
    return most, found


def _with_length(violation: Violation, seed: int, acts: int) -> Violation:
    says = f"{violation.says} (seed {seed}, {acts} acts each)"
    return Violation(violation.checker, says, violation.operations)
