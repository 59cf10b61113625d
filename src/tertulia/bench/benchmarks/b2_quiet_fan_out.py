"""B2: a room where one talks after the other."""

from collections.abc import Sequence

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.benchmarks.b1_fan_out import DELIVERIES, FIGURES
from tertulia.bench.figures import Target
from tertulia.bench.measures import fan_out
from tertulia.bench.peers import NPM, REALTIME, STOCK, Crowd

FASTER = {10: 1.0, 100: 1.3, 1000: 1.3}
"""How many times npm socket.io, by the members of the room."""

P99 = "p99 to the last"


def cases(effort: Effort) -> Sequence[Case]:
    """Rooms of three sizes, one message in flight."""
    return [
        Case(
            name=f"{members:,} members",
            size=members,
            peers=(REALTIME, NPM, STOCK),
            measure=fan_out(Crowd(members, members), window=1, seconds=effort.of(1, 3)),
            figures=FIGURES,
            targets=(
                Target("realtime", DELIVERIES.name, faster, than="npm"),
                Target("realtime", P99, 1, than="npm"),
            ),
            rounds=effort.count(3, 5),
        )
        for members, faster in FASTER.items()
    ]


QUIET_FAN_OUT = Benchmark(
    id="B2",
    title="Room fan-out, unsaturated",
    question="The next message is sent when the last member has the one before.",
    cases=cases,
)
