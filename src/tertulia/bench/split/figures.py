"""What is read off a run whose CPU is charged to its parts."""

from collections.abc import Collection

from tertulia.bench.figures import Figure
from tertulia.bench.measures import Sample

CORES = 2
BUS = frozenset({"NATS", "Redis"})


def is_gateway(part: str) -> bool:
    """Whether clients are connected to it."""
    return part.startswith(("gateway-", "process-"))


def kind(part: str) -> str:
    """What a part is one of: its name without a number."""
    return part.partition("-")[0]


def cpu_of(sample: Sample, parts: Collection[str]) -> float:
    """Seconds of CPU of these parts together."""
    return sum(sample["cpu"][part] for part in parts)


def per_message(name: str, *kinds: str) -> Figure:
    """Microseconds of CPU for a message, of the parts of some kinds; None where there are none."""

    def of(sample: Sample) -> float | None:
        parts = [part for part in sample["cpu"] if kind(part) in kinds]
        return 1e6 * cpu_of(sample, parts) / sample["messages"] if parts else None

    return Figure(name, "µs", of, more_is_better=False)


def carried_by_cores(sample: Sample) -> float:
    """Messages a second that two cores would carry, if they had nothing else to do and lost no time."""
    return CORES * sample["messages"] / sample["server_cpu"]


def carried_by_busiest(sample: Sample) -> float:
    """Messages a second that there would be if each part had a core of its own: the busiest part decides."""
    return sample["messages"] / max(sample["cpu"].values())


def heard(sample: Sample) -> float:
    """Deliveries that came while the CPU was measured: at a fixed rate some come later."""
    return sample["in_time"] if "in_time" in sample else sample["deliveries"]


def whole_delivery(sample: Sample) -> float:
    """Microseconds of CPU for a delivery, of everything."""
    return 1e6 * sample["server_cpu"] / heard(sample)


def fanned_out(sample: Sample) -> float:
    """Deliveries for a second of CPU of those who have connections and of the bus between them."""
    parts = [part for part in sample["cpu"] if is_gateway(part) or part in BUS]
    return heard(sample) / cpu_of(sample, parts)


def gateways_delivery(sample: Sample) -> float:
    """Microseconds of CPU for a delivery, of all gateways together."""
    return 1e6 * cpu_of(sample, gateways(sample)) / heard(sample)


def busiest_gateway_delivery(sample: Sample) -> float:
    """Microseconds of CPU for a delivery of the room, of the gateway that has the most to do."""
    return 1e6 * max(sample["cpu"][part] for part in gateways(sample)) / heard(sample)


def gateways(sample: Sample) -> list[str]:
    """The parts that have connections."""
    return [part for part in sample["cpu"] if is_gateway(part)]


def generator_held(sample: Sample) -> float:
    """Of the time, in percent, when the generator worked or waited for a core: else it waited for the server."""
    return 100 * (sample["generator_cpu"] + sample["generator_waited"]) / sample["seconds"]


GENERATOR_HELD = Figure("generator at work, or without a core", "%", generator_held, False)


def later_than_one_process(sample: Sample) -> float:
    """Milliseconds by which the p99 is above that of the product in one process."""
    return sample["latency"]["p99"] - sample["one"]["latency"]["p99"]


def rise_of_gateways(sample: Sample) -> float:
    """How many times as dear a delivery is as with the fewest gateways, at most."""
    costs = [gateways_delivery(each) for each in sample["sizes"].values()]
    return max(costs) / costs[0]


def largest_share(sample: Sample) -> float:
    """What the busiest of n gateways takes, as a multiple of an nth of all, at most."""
    return max(map(_unevenness, sample["sizes"].values()))


def _unevenness(sample: Sample) -> float:
    costs = [sample["cpu"][part] for part in gateways(sample)]
    return len(costs) * max(costs) / sum(costs)
