"""Overload: three times what the server can do, and whether it does what it can all the same."""

from collections.abc import Sequence
from dataclasses import replace

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.figures import GENERATOR, Figure, Target
from tertulia.bench.measures import Sample, overload
from tertulia.bench.peers import Crowd
from tertulia.bench.product import PRODUCT

SENDERS, MEMBERS = 200, 10


def kept(sample: Sample) -> float:
    """Of the peak, what is still accepted when three times as much is asked for."""
    return 100 * sample["over"]["goodput"] / sample["peak"]


def not_as_promised(sample: Sample) -> float:
    """Commands that were not answered, or refused without a word of when to come back."""
    return sample["unanswered"] + sample["over"]["broken"]


KEPT = Figure("goodput at 3 ×, of the peak", "%", kept)
P99 = Figure("p99 of the accepted at 3 ×", "ms", lambda it: it["over"]["latency"]["p99"], False)
RECOVERY = Figure("until all is as before", "s", lambda it: it["recovery"], more_is_better=False)
BROKEN = Figure("not answered as promised", "", not_as_promised, more_is_better=False)
FIGURES = (
    Figure("peak", "/s", lambda it: it["peak"]),
    Figure("goodput at 0.5 ×", "/s", lambda it: it["half"]["goodput"]),
    Figure("p99 at 0.5 ×", "ms", lambda it: it["half"]["latency"]["p99"], False),
    Figure("goodput at 3 ×", "/s", lambda it: it["over"]["goodput"]),
    KEPT,
    P99,
    RECOVERY,
    BROKEN,
    GENERATOR,
)
TARGETS = (
    Target("product", KEPT.name, 80),
    Target("product", P99.name, 1000),
    Target("product", RECOVERY.name, 10),
    Target("product", BROKEN.name, 0),
)


def cases(effort: Effort) -> Sequence[Case]:
    """Durable sends at fixed times; latencies count from when a command was due, not from when it went."""
    return [
        Case(
            name=f"{SENDERS} senders, {MEMBERS} in each conversation",
            peers=(replace(PRODUCT, sheds=True),),
            measure=overload(Crowd(SENDERS, MEMBERS), start=500, seconds=effort.of(15, 60)),
            figures=FIGURES,
            targets=TARGETS,
        )
    ]


OVERLOAD = Benchmark(
    id="overload",
    title="Overload",
    question="Open loop at 3 × the peak, then at 0.5 ×: what is accepted, and when it is as before.",
    cases=cases,
)
