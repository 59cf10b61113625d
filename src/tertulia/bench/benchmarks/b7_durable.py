"""B7: messages that are written to stable storage before anybody hears of them."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.chat.servers import EJABBERD, PROSODY, SYNAPSE, beside
from tertulia.bench.figures import GENERATOR, Figure, Target, latency, per_second, server_share
from tertulia.bench.measures import Sample, durable
from tertulia.bench.peers import Crowd
from tertulia.bench.product import PRODUCT

SENDERS = 20
MEMBERS = 10
PEERS = (PRODUCT, SYNAPSE, EJABBERD, PROSODY)
"""Who accepts messages: validates, authorises, stores and acknowledges them, and delivers them in order."""


def acknowledged(quantile: str) -> Figure:
    """Milliseconds until the author knows that a message is stored."""
    return Figure(
        f"{quantile} to the author",
        "ms",
        lambda it: it["ack_latency"][quantile],
        more_is_better=False,
    )


def cpu_per_message(sample: Sample) -> float:
    """Microseconds of the server's CPU for a message and its deliveries."""
    return 1e6 * sample["server_cpu"] / sample["messages"]


MESSAGES = Figure("messages", "/s", per_second("messages"))
P99 = Figure("p99 to the last", "ms", latency("p99"), more_is_better=False)
CPU = Figure("CPU of a message", "µs", cpu_per_message, more_is_better=False)
FIGURES = (
    MESSAGES,
    CPU,
    acknowledged("p50"),
    acknowledged("p99"),
    P99,
    Figure("server CPU", "%", server_share, more_is_better=False),
    GENERATOR,
)
SYNAPSES = Target("product", MESSAGES.name, 75, than=SYNAPSE.key)
TARGETS = {
    256: (Target("product", MESSAGES.name, 10_000), SYNAPSES),
    64: (Target("product", P99.name, 25), SYNAPSES),
}


def cases(effort: Effort) -> Sequence[Case]:
    """Two conversations of ten, in which everybody speaks."""
    return [
        Case(
            name=f"{window} in flight",
            peers=PEERS,
            measure=beside(
                durable(Crowd(SENDERS, MEMBERS), window=window, seconds=effort.of(4, 8))
            ),
            figures=FIGURES,
            targets=targets,
            rounds=effort.count(3, 5),
        )
        for window, targets in TARGETS.items()
    ]


DURABLE = Benchmark(
    id="B7",
    title="Durable sends",
    question="20 senders; a message is done when it is stored, acknowledged and heard by ten members.",
    cases=cases,
)
