"""B15: what a delivery and a commit cost against the size of rooms and of the database."""

from collections.abc import Sequence
from dataclasses import replace

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.benchmarks.b1_fan_out import cpu_per_delivery
from tertulia.bench.benchmarks.b7_durable import MEMBERS, SENDERS, cpu_per_message
from tertulia.bench.figures import Figure, Target
from tertulia.bench.measures import Measure, Sample, durable, fan_out
from tertulia.bench.peers import Crowd, Peer
from tertulia.bench.product import PRODUCT, ProductPeer
from tertulia.bench.workshop import Workshop

IN_FLIGHT = 64
FLAT = 1.5


def by_size(measures: dict[int, tuple[Measure, Peer]]) -> Measure:
    """A sample for each size, the smallest first."""

    def measure(workshop: Workshop, _peer: Peer) -> Sample:
        return {"sizes": {size: one(workshop, peer) for size, (one, peer) in measures.items()}}

    return measure


def rise(costs: Sequence[float]) -> float:
    """How many times as dear the dearer of two sizes is, where it is the larger one: at most, of any two."""
    pairs = [(costs[i], later) for i in range(len(costs)) for later in costs[i:]]
    return max(later / earlier for earlier, later in pairs)


def _figures(sizes: Sequence[int], cost: Figure, noun: str) -> tuple[Figure, ...]:
    def costs(sample: Sample) -> list[float]:
        return [cost.of(sample["sizes"][size]) or 0 for size in sizes]

    def at(size: int) -> Figure:
        return replace(cost, name=f"{size:,} {noun}", of=lambda it: cost.of(it["sizes"][size]))

    worst = Figure("worst rise", "×", lambda it: rise(costs(it)), more_is_better=False)
    return (worst, *(at(size) for size in sizes))


def _case(name: str, measures: dict[int, tuple[Measure, Peer]], cost: Figure, noun: str) -> Case:
    return Case(
        name=name,
        peers=(PRODUCT,),
        measure=by_size(measures),
        figures=_figures(list(measures), cost, noun),
        targets=(Target("product", "worst rise", FLAT),),
    )


def _rooms(effort: Effort) -> Case:
    sizes = (10, 100, 1_000, 10_000) if effort.full else (10, 100, 1_000)
    cost = Figure("CPU of a delivery", "µs", cpu_per_delivery, more_is_better=False)
    return _case(
        "members of a room",
        {
            size: (fan_out(Crowd(size, size), window=IN_FLIGHT, seconds=effort.of(2, 4)), PRODUCT)
            for size in sizes
        },
        cost,
        "members",
    )


def _databases(effort: Effort) -> Case:
    sizes = (0, 100_000, 1_000_000) if effort.full else (0, 50_000)
    cost = Figure("CPU of a message", "µs", cpu_per_message, more_is_better=False)
    measure = durable(Crowd(SENDERS, MEMBERS), window=IN_FLIGHT, seconds=effort.of(3, 6))
    return _case(
        "messages that are there",
        {size: (measure, _with_messages(size)) for size in sizes},
        cost,
        "messages",
    )


def _with_messages(count: int) -> ProductPeer:
    return replace(PRODUCT, messages=count)


def cases(effort: Effort) -> Sequence[Case]:
    """A short run stops at smaller sizes."""
    return [_rooms(effort), _databases(effort)]


SIZE = Benchmark(
    id="B15",
    title="Cost against size",
    question="64 messages in flight, written to stable storage; CPU of a delivery in rooms of rising size,"
    " of a message in databases of rising size.",
    cases=cases,
)
