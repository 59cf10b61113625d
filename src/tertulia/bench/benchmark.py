"""A benchmark: cases, and in each the same measure for every peer, in turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tertulia.bench.figures import Figure, Target
from tertulia.bench.measures import Measure, all_at_once, attempt
from tertulia.bench.peers import NULL, Peer
from tertulia.bench.results import CaseResult, Result
from tertulia.bench.workshop import Workshop


@dataclass(frozen=True)
class Case:
    """One measure for several peers."""

    name: str
    peers: Sequence[Peer]
    measure: Measure
    figures: Sequence[Figure]
    targets: Sequence[Target] = ()
    size: int = 0
    """Members or connections: what the plots have on their axis."""
    rounds: int = 1
    at_once: bool = False
    """Whether the peers are measured at the same time: for what leaves the cores idle."""


@dataclass(frozen=True)
class Effort:
    """How much a run takes upon itself."""

    full: bool = False

    def of(self, short: float, full: float) -> float:
        """One of two, by what is wanted."""
        return full if self.full else short

    def count(self, short: int, full: int) -> int:
        """One of two, by what is wanted."""
        return full if self.full else short


@dataclass(frozen=True)
class Benchmark:
    """What the numbers of performance are called, asked and measured by."""

    id: str
    title: str
    question: str
    cases: Callable[[Effort], Sequence[Case]]
    only_full: bool = field(default=False)
    """Whether it is left out of a short run, unless asked for by name."""

    @property
    def ids(self) -> list[str]:
        """What it is asked for by: two that share a measure are one benchmark."""
        return self.id.split("+")

    def run(self, workshop: Workshop, effort: Effort, tell: Callable[[str], None]) -> Result:
        """Measure every case. Raises `CannotMeasure`."""
        results = [_run_case(case, workshop, tell) for case in self.cases(effort)]
        return Result(self.id, self.title, self.question, results)


def _run_case(case: Case, workshop: Workshop, tell: Callable[[str], None]) -> CaseResult:
    result = CaseResult(
        case.name, case.size, list(case.peers), list(case.figures), list(case.targets)
    )
    for number in range(case.rounds):
        tell(f"{case.name}, round {number + 1} of {case.rounds}")
        _run_round(case, workshop, result, number)
    return result


def _run_round(case: Case, workshop: Workshop, result: CaseResult, number: int) -> None:
    """In turns, since the machine is not the same from one minute to the next."""
    peers = [peer for peer in case.peers if number == 0 or peer is not NULL]
    if case.at_once:
        outcomes = all_at_once(case.measure, workshop, peers)
        for peer in peers:
            result.add(peer, outcomes[peer.key])
        return
    for peer in peers:
        result.add(peer, attempt(case.measure, workshop, peer))
