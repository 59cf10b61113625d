"""B9: the server dies, and everybody comes back at once."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.figures import Figure, Target, latency
from tertulia.bench.measures import Storm
from tertulia.bench.peers import NPM, REALTIME, STOCK
from tertulia.bench.product import PRODUCT

BACK = Figure("until the last is back", "s", lambda it: it["seconds"], more_is_better=False)
FIGURES = (
    BACK,
    Figure("p50 of coming back", "ms", latency("p50"), more_is_better=False),
    Figure("CPU of a client", "µs", lambda it: 1e6 * it["server_cpu"] / it["connections"], False),
    Figure("put off, and came again", "", lambda it: it["retries"], more_is_better=False),
)
TARGETS = (
    Target("realtime", BACK.name, 5),
    Target("product", BACK.name, 20),
)


def cases(effort: Effort) -> Sequence[Case]:
    """Everybody catches up on ten messages; who does not get ten spoils the result."""
    clients = effort.count(1_000, 5_000)
    return [
        Case(
            name=f"{clients:,} clients",
            peers=(REALTIME, PRODUCT, NPM, STOCK),
            measure=Storm(clients, clients),
            figures=FIGURES,
            targets=TARGETS,
            rounds=effort.count(1, 3),
        )
    ]


STORM = Benchmark(
    id="B9",
    title="Reconnect storm",
    question="SIGKILL with everybody connected; from listening to the last one caught up.",
    cases=cases,
)
