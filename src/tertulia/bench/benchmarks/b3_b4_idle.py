"""B3 and B4: connections that do nothing."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.figures import Figure, Target
from tertulia.bench.measures import Sample, hold
from tertulia.bench.peers import NPM, REALTIME, STOCK, Crowd
from tertulia.bench.product import PRODUCT

ROOMS_EACH = 3


def memory(sample: Sample) -> float:
    """KiB of a connection: resident after settling, minus resident before it."""
    return (sample["rss_after"] - sample["rss_before"]) / 1024 / sample["connections"]


def idle_cpu(sample: Sample) -> float:
    """Microseconds of CPU in a second, of a connection."""
    return 1e6 * sample["server_cpu"] / sample["seconds"] / sample["connections"]


MEMORY = Figure("memory of a connection", "KiB", memory, more_is_better=False)
CPU = Figure("CPU of a connection-second", "µs", idle_cpu, more_is_better=False)
PINGS = Figure("heartbeats", "/s", lambda it: it["pings"] / it["seconds"])
TARGETS = (
    Target("realtime", MEMORY.name, 8),
    Target("product", MEMORY.name, 16),
    Target("realtime", CPU.name, 2.2),
)


def _case(connections: int, *, settle: float, seconds: float, full_size: bool) -> Case:
    return Case(
        name=f"{connections:,} connections",
        size=connections,
        peers=(REALTIME, PRODUCT, NPM, STOCK),
        measure=hold(Crowd(connections, connections, ROOMS_EACH), settle=settle, seconds=seconds),
        figures=(MEMORY, CPU, PINGS) if full_size else (MEMORY,),
        targets=TARGETS if full_size else (),
        at_once=True,
    )


def cases(effort: Effort) -> Sequence[Case]:
    """Everybody in three rooms; in the product signed in, in three conversations."""
    if not effort.full:
        return [_case(2_000, settle=3, seconds=30, full_size=True)]
    smaller = [_case(size, settle=5, seconds=1, full_size=False) for size in (1_000, 3_000)]
    return [*smaller, _case(10_000, settle=10, seconds=60, full_size=True)]


IDLE = Benchmark(
    id="B3+B4",
    title="Idle connections: memory and CPU",
    question="Connections that answer a heartbeat every 25 s.",
    cases=cases,
)
