"""B1: a room that everybody talks in."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.figures import GENERATOR, Figure, Target, latency, per_second
from tertulia.bench.measures import Sample, fan_out
from tertulia.bench.peers import NPM, NULL, REALTIME, STOCK, Crowd
from tertulia.bench.product import PRODUCT

MEMBERS = 1000
IN_FLIGHT = 64


def cpu_per_delivery(sample: Sample) -> float:
    """Microseconds of the server's CPU."""
    return 1e6 * sample["server_cpu"] / sample["deliveries"]


DELIVERIES = Figure("deliveries", "/s", per_second("deliveries"))
FIGURES = (
    DELIVERIES,
    Figure("CPU of a delivery", "µs", cpu_per_delivery, more_is_better=False),
    Figure("p50 to the last", "ms", latency("p50"), more_is_better=False),
    Figure("p99 to the last", "ms", latency("p99"), more_is_better=False),
    GENERATOR,
)
TARGETS = (
    Target("realtime", DELIVERIES.name, 50, than="npm"),
    Target("realtime", DELIVERIES.name, 300, than="stock"),
    Target("product", DELIVERIES.name, 5, than="npm"),
)


def cases(effort: Effort) -> Sequence[Case]:
    """One room; the product writes each message to stable storage first."""
    return [
        Case(
            name=f"{MEMBERS:,} members, {IN_FLIGHT} in flight",
            peers=(REALTIME, PRODUCT, NPM, STOCK, NULL),
            measure=fan_out(Crowd(MEMBERS, MEMBERS), window=IN_FLIGHT, seconds=effort.of(2, 4)),
            figures=FIGURES,
            targets=TARGETS,
            rounds=effort.count(3, 5),
        )
    ]


FAN_OUT = Benchmark(
    id="B1",
    title="Room fan-out, saturated",
    question="One sender keeps 64 messages of 100 bytes in flight in a room of 1,000.",
    cases=cases,
)
