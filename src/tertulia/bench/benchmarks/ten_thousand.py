"""A room of ten thousand, in two processes on one machine."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.benchmarks.b1_fan_out import FIGURES
from tertulia.bench.measures import fan_out
from tertulia.bench.peers import NPM, REALTIME, Crowd

MEMBERS = 10_000


def cases(effort: Effort) -> Sequence[Case]:
    """One room, quiet and busy."""
    return [
        Case(
            name=f"{window} in flight",
            size=MEMBERS,
            peers=(REALTIME, NPM),
            measure=fan_out(Crowd(MEMBERS, MEMBERS), window=window, seconds=effort.of(3, 5)),
            figures=FIGURES,
        )
        for window in (1, 64)
    ]


TEN_THOUSAND = Benchmark(
    id="room10k",
    title="A room of ten thousand",
    question="Ten thousand connections, all in one room.",
    cases=cases,
    only_full=True,
)
