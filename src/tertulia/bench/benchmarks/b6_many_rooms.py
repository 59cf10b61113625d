"""B6: many small rooms, at rates that rise."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.figures import Figure, Target
from tertulia.bench.measures import Sample, ramp
from tertulia.bench.peers import NPM, NULL, REALTIME, STOCK, Crowd

MEMBERS = 5
LIMIT_MS = 50
START = 500


def last_carried(sample: Sample) -> Sample:
    """The step of the highest rate that was carried."""
    carried = [step for step in sample["steps"] if step["carried"]]
    return max(carried, key=lambda step: step["rate"])


def p99_there(sample: Sample) -> float:
    """Milliseconds to the last member, at the highest rate."""
    return last_carried(sample)["latency"]["p99"]


def cpu_there(sample: Sample) -> float:
    """Microseconds of the server's CPU for a message and its deliveries, at the highest rate."""
    step = last_carried(sample)
    return 1e6 * step["server_cpu"] / (step["rate"] * step["seconds"])


def generator_there(sample: Sample) -> float:
    """CPU of the generator in percent of a core, at the highest rate."""
    step = last_carried(sample)
    return 100 * step["generator_cpu"] / step["seconds"]


RATE = Figure("messages", "/s", lambda sample: sample["highest"])
FIGURES = (
    RATE,
    Figure("p99 to the last", "ms", p99_there, more_is_better=False),
    Figure("CPU of a message", "µs", cpu_there, more_is_better=False),
    Figure("generator CPU", "%", generator_there, more_is_better=False),
)


def cases(effort: Effort) -> Sequence[Case]:
    """Rooms of five, spoken in one after the other at fixed times."""
    clients = effort.count(1_000, 5_000)
    return [
        Case(
            name=f"{clients // MEMBERS:,} rooms of {MEMBERS}",
            peers=(REALTIME, NPM, STOCK, NULL),
            measure=ramp(
                Crowd(clients, MEMBERS),
                start=START,
                seconds=effort.of(1, 2),
                limit_ms=LIMIT_MS,
            ),
            figures=FIGURES,
            targets=[Target("realtime", RATE.name, 3, than="npm")],
            rounds=effort.count(1, 2),
        )
    ]


MANY_ROOMS = Benchmark(
    id="B6",
    title="Many small rooms",
    question="The highest rate at which p99 to the last member stays within 50 ms.",
    cases=cases,
)
