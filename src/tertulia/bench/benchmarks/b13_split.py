"""B13: the product in many processes: what it carries, what each of them takes, and what one more costs."""

from collections.abc import Sequence
from dataclasses import replace

from tertulia.bench.benchmark import Benchmark, Case, Effort
from tertulia.bench.benchmarks.b7_durable import acknowledged, cpu_per_message
from tertulia.bench.benchmarks.b15_size import by_size
from tertulia.bench.figures import GENERATOR, Figure, Target, latency, per_second
from tertulia.bench.measures import Measure, Sample, at_rate, durable, fan_out
from tertulia.bench.peers import Crowd, Peer
from tertulia.bench.product import PRODUCT
from tertulia.bench.split import figures as of
from tertulia.bench.split.deployment import SPLIT
from tertulia.bench.split.parts import accounted
from tertulia.bench.split.redis import REDIS
from tertulia.bench.workshop import Workshop

MEMBERS = 10
SENDERS, IN_FLIGHT = 100, 256
QUIET_RATE = 100
"""Messages a second at which neither one process nor many have much to do."""
ROOMS = {100: 200, 1_000: 20}
"""Messages a second by the members of a room: 20,000 deliveries a second, which either server carries."""
SATURATED = 64
GATEWAYS = (1, 2, 3)
CROWD, CROWD_RATE = 1_000, 40
MOSTLY_IDLE = 75
"""Percent of the time: a generator that has more to do, or waits longer for a core, may be the bottleneck."""
FEWER, FLAT = 6, 1.2

NOT_THE_GENERATOR = Target("split", of.GENERATOR_HELD.name, MOSTLY_IDLE)
P99 = Figure("p99 to the last", "ms", latency("p99"), more_is_better=False)

MESSAGES = Figure("messages", "/s", per_second("messages"))
BY_CORES = Figure("two cores for all of it", "/s", of.carried_by_cores)
BY_BUSIEST = Figure("a core for each process", "/s", of.carried_by_busiest)
DURABLE = (
    MESSAGES,
    BY_CORES,
    BY_BUSIEST,
    Figure("CPU of a message", "µs", cpu_per_message, more_is_better=False),
    of.per_message("gateways", "gateway"),
    of.per_message("conversations", "conversations"),
    of.per_message("other services", "accounts", "presence", "personal"),
    of.per_message("NATS", "NATS"),
    of.per_message("PostgreSQL", "PostgreSQL"),
    acknowledged("p99"),
    P99,
    of.GENERATOR_HELD,
    GENERATOR,
)

LATER = Figure("p99 over one process", "ms", of.later_than_one_process, more_is_better=False)
QUIET = (
    LATER,
    Figure("p50", "ms", latency("p50"), more_is_better=False),
    Figure("p99", "ms", latency("p99"), more_is_better=False),
    Figure("p50, one process", "ms", lambda it: it["one"]["latency"]["p50"], False),
    Figure("p99, one process", "ms", lambda it: it["one"]["latency"]["p99"], False),
    of.GENERATOR_HELD,
)

FANNED_OUT = Figure("deliveries for a second of CPU", "", of.fanned_out)
FAN_OUT = (
    FANNED_OUT,
    Figure("CPU of a delivery, record included", "µs", of.whole_delivery, more_is_better=False),
    Figure("deliveries", "/s", lambda it: of.heard(it) / it["seconds"]),
    P99,
    of.GENERATOR_HELD,
    GENERATOR,
)

RISE = Figure("dearest over one gateway", "×", of.rise_of_gateways, more_is_better=False)
SHARE = Figure("largest share over 1/n", "×", of.largest_share, more_is_better=False)


def cases(effort: Effort) -> Sequence[Case]:
    """Everything, the generator too, is on the same two cores."""
    return [_durable(effort), _quiet(effort), *_fan_out(effort), _gateways(effort)]


def _durable(effort: Effort) -> Case:
    crowd = Crowd(SENDERS, MEMBERS)
    return Case(
        name=f"{IN_FLIGHT} in flight",
        peers=(SPLIT, PRODUCT),
        measure=accounted(durable(crowd, window=IN_FLIGHT, seconds=effort.of(4, 8))),
        figures=DURABLE,
        targets=(
            Target("split", MESSAGES.name, 1_500),
            Target("split", BY_CORES.name, 3_000),
            Target("split", BY_BUSIEST.name, 3_000),
            NOT_THE_GENERATOR,
        ),
        rounds=effort.count(1, 3),
    )


def _quiet(effort: Effort) -> Case:
    run = at_rate(Crowd(2 * MEMBERS, MEMBERS), rate=QUIET_RATE, seconds=effort.of(6, 20))
    return Case(
        name=f"{QUIET_RATE} messages/s",
        peers=(SPLIT,),
        measure=_with_one_process(accounted(run)),
        figures=QUIET,
        targets=(Target("split", LATER.name, 5), NOT_THE_GENERATOR),
        rounds=effort.count(1, 3),
    )


def _with_one_process(measure: Measure) -> Measure:
    """The sample, and in `one` that of the product in one process."""

    def both(workshop: Workshop, peer: Peer) -> Sample:
        return {**measure(workshop, peer), "one": measure(workshop, PRODUCT)}

    return both


def _fan_out(effort: Effort) -> Sequence[Case]:
    seconds = effort.of(4, 8)
    measures = {
        f"{members:,} members, {rate} messages/s": at_rate(
            Crowd(members, members), rate=rate, seconds=seconds
        )
        for members, rate in ROOMS.items()
    }
    measures[f"{CROWD:,} members, {SATURATED} in flight"] = fan_out(
        Crowd(CROWD, CROWD), window=SATURATED, seconds=seconds
    )
    return [
        Case(
            name=name,
            peers=(SPLIT, REDIS),
            measure=accounted(run),
            figures=FAN_OUT,
            targets=(Target("split", FANNED_OUT.name, FEWER, than="redis"), NOT_THE_GENERATOR),
            rounds=effort.count(1, 3),
        )
        for name, run in measures.items()
    ]


def _gateways(effort: Effort) -> Case:
    run = accounted(at_rate(Crowd(CROWD, CROWD), rate=CROWD_RATE, seconds=effort.of(4, 8)))
    return Case(
        name=f"{CROWD:,} members, {CROWD_RATE} messages/s",
        peers=(replace(SPLIT, title="Tertulia, 1 to 3 gateways"),),
        measure=by_size({count: (run, replace(SPLIT, gateways=count)) for count in GATEWAYS}),
        figures=(RISE, SHARE, *map(_of_all, GATEWAYS), *map(_of_busiest, GATEWAYS)),
        targets=(Target("split", RISE.name, FLAT), Target("split", SHARE.name, FLAT)),
        rounds=effort.count(1, 3),
    )


def _of_all(count: int) -> Figure:
    name = f"CPU of a delivery, {count} gateway{'s' * (count > 1)}"
    return Figure(name, "µs", lambda it: of.gateways_delivery(it["sizes"][count]), False)


def _of_busiest(count: int) -> Figure:
    name = f"of the busiest of {count}"
    return Figure(name, "µs", lambda it: of.busiest_gateway_delivery(it["sizes"][count]), False)


SPLIT_DEPLOYMENT = Benchmark(
    id="B13",
    title="Many processes",
    question="Two gateways, two processes for conversations, one for each other service, NATS and PostgreSQL."
    " They share two cores with the generator, and each is charged for the CPU that it takes.",
    cases=cases,
)
