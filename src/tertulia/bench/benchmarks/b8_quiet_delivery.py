"""B8: how soon a message is there when nothing else happens."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.benchmarks.b7_durable import CPU, P99, PEERS
from tertulia.bench.chat.servers import SYNAPSE, beside
from tertulia.bench.figures import Figure, Target, latency
from tertulia.bench.measures import at_rate
from tertulia.bench.peers import Crowd

RATE = 10
P50 = Figure("p50 to the last", "ms", latency("p50"), more_is_better=False)


def cases(effort: Effort) -> Sequence[Case]:
    """One speaks, and the two of them hear it."""
    return [
        Case(
            name=f"{RATE} messages/s",
            peers=PEERS,
            measure=beside(at_rate(Crowd(2, 2), rate=RATE, seconds=effort.of(10, 30))),
            figures=(P50, P99, CPU),
            targets=(
                Target("product", P50.name, 2),
                Target("product", P50.name, 0.1, than=SYNAPSE.key),
            ),
            rounds=effort.count(1, 3),
        )
    ]


QUIET_DELIVERY = Benchmark(
    id="B8",
    title="Delivery, durable and idle",
    question="One sender and one receiver: from sending to the last of both.",
    cases=cases,
)
