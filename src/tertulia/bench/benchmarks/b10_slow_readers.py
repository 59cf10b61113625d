"""B10: some members never read."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.figures import GENERATOR, Figure, Target, latency
from tertulia.bench.measures import Sample, SlowReaders
from tertulia.bench.peers import NPM, REALTIME

MEMBERS = 1000
SLOW = 50
RATE = 200
SIZE = 1000


def p99_ratio(sample: Sample) -> float:
    """p99 of the others as a multiple of what it is without the slow ones."""
    return sample["latency"]["p99"] / sample["baseline"]["latency"]["p99"]


def growth(sample: Sample) -> float:
    """MiB by which the server's memory grows at most, from all connected on."""
    return (sample["rss_peak"] - sample["rss_before"]) / 2**20


HARM = Figure("p99 over baseline", "×", p99_ratio, more_is_better=False)
GROWTH = Figure("memory growth", "MiB", growth, more_is_better=False)
FIGURES = (
    HARM,
    Figure("p99 to the last", "ms", latency("p99"), more_is_better=False),
    Figure("p99, baseline", "ms", lambda it: it["baseline"]["latency"]["p99"], False),
    GROWTH,
    GENERATOR,
)
TARGETS = (
    Target("realtime", HARM.name, 1.25),
    Target("realtime", GROWTH.name, SLOW),
)


def cases(effort: Effort) -> Sequence[Case]:
    """A room of 1,000, of whom 50 never read."""
    return [
        Case(
            name=f"{SLOW} of {MEMBERS:,} never read",
            peers=(REALTIME, NPM) if effort.full else (REALTIME,),
            measure=SlowReaders(MEMBERS, SLOW, RATE, SIZE, effort.of(20, 60)),
            figures=FIGURES,
            targets=TARGETS,
        )
    ]


SLOW_READERS = Benchmark(
    id="B10",
    title="Slow consumers",
    question="200 messages/s of 1 KB; the baseline is the same room without the slow ones.",
    cases=cases,
)
