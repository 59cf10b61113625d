"""B5: how fast people come in."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.figures import GENERATOR, Figure, Target, latency, per_second
from tertulia.bench.measures import connect
from tertulia.bench.peers import NPM, NULL, REALTIME, STOCK, Crowd
from tertulia.bench.product import PRODUCT

CONCURRENT = 64
CONNECTS = Figure("connects", "/s", per_second("connections"))
FIGURES = (
    CONNECTS,
    Figure("CPU of a connect", "µs", lambda it: 1e6 * it["server_cpu"] / it["connections"], False),
    Figure("p99 of a connect", "ms", latency("p99"), more_is_better=False),
    GENERATOR,
)


def cases(effort: Effort) -> Sequence[Case]:
    """The Python servers check a signed token, npm socket.io nothing; the product signs people in."""
    clients = effort.count(2_000, 5_000)
    return [
        Case(
            name=f"{CONCURRENT} at once",
            peers=(REALTIME, PRODUCT, NPM, STOCK, NULL),
            measure=connect(Crowd(clients, clients, rooms_each=3), concurrent=CONCURRENT),
            figures=FIGURES,
            targets=[Target("realtime", CONNECTS.name, 4, than="npm")],
            rounds=effort.count(3, 5),
        )
    ]


CONNECTING = Benchmark(
    id="B5",
    title="Connect rate",
    question="Handshake, CONNECT, token check, three rooms.",
    cases=cases,
)
