"""What was measured, and whether the targets are met."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tertulia.bench.errors import NoResult
from tertulia.bench.figures import Figure, Target
from tertulia.bench.measures import Sample
from tertulia.bench.peers import Peer


@dataclass(frozen=True)
class Verdict:
    """A target beside what was reached; `met` is None where there is no result to judge."""

    target: Target
    reached: float | None
    met: bool | None


@dataclass
class CaseResult:
    """The samples of one case, by peer, and what they say."""

    name: str
    size: int
    peers: list[Peer]
    figures: list[Figure]
    targets: list[Target]
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    failures: dict[str, list[str]] = field(default_factory=dict)

    def add(self, peer: Peer, outcome: Sample | NoResult) -> None:
        """Keep a sample, or why there is none."""
        if isinstance(outcome, NoResult):
            self.failures.setdefault(peer.key, []).append(str(outcome))
        else:
            self.samples.setdefault(peer.key, []).append(outcome)

    def value(self, peer: str, figure: Figure) -> float | None:
        """The median of the rounds. None if any round has no result: a median without the rounds that
        went wrong would be of the lucky ones."""
        samples = self.samples.get(peer)
        if not samples or peer in self.failures:
            return None
        values = [figure.of(sample) for sample in samples]
        return None if None in values else median(value for value in values if value is not None)

    def ratio(self, peer: str, figure: Figure, than: str) -> float | None:
        """One peer's figure as a multiple of another's."""
        mine, others = self.value(peer, figure), self.value(than, figure)
        return mine / others if mine is not None and others else None

    def verdicts(self) -> Iterator[Verdict]:
        """Every target, judged."""
        figures = {figure.name: figure for figure in self.figures}
        for target in self.targets:
            figure = figures[target.figure]
            if target.than is None:
                reached = self.value(target.peer, figure)
            else:
                reached = self.ratio(target.peer, figure, target.than)
            yield Verdict(target, reached, _is_met(figure, target.bound, reached))

    def as_json(self) -> dict[str, Any]:
        """Everything, for a file."""
        return {
            "case": self.name,
            "size": self.size,
            "figures": {
                peer.key: {it.name: self.value(peer.key, it) for it in self.figures}
                for peer in self.peers
            },
            "units": {figure.name: figure.unit for figure in self.figures},
            "targets": [
                {**vars(verdict.target), "reached": verdict.reached, "met": verdict.met}
                for verdict in self.verdicts()
            ],
            "samples": self.samples,
            "failures": self.failures,
        }


@dataclass
class Result:
    """A benchmark's cases."""

    id: str
    title: str
    question: str
    cases: list[CaseResult]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a file."""
        cases = [case.as_json() for case in self.cases]
        return {"id": self.id, "title": self.title, "question": self.question, "cases": cases}


def missed(results: Iterable[Result]) -> list[tuple[Result, CaseResult, Verdict]]:
    """The targets that are not met, or have nothing to be judged by."""
    return [
        (result, case, verdict)
        for result in results
        for case in result.cases
        for verdict in case.verdicts()
        if not verdict.met
    ]


def _is_met(figure: Figure, bound: float, reached: float | None) -> bool | None:
    if reached is None:
        return None
    return reached >= bound if figure.more_is_better else reached <= bound
