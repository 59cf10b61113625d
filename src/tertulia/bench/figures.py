"""What is read off a run, and what it has to reach."""

from collections.abc import Callable
from dataclasses import dataclass

from tertulia.bench.measures import Sample


@dataclass(frozen=True)
class Figure:
    """A number of a sample, None where it has none."""

    name: str
    unit: str
    of: Callable[[Sample], float | None]
    more_is_better: bool = True


@dataclass(frozen=True)
class Target:
    """What a peer's figure has to reach: a number, or a multiple of another peer's figure.

    The bound is a floor where more is better, else a ceiling.
    """

    peer: str
    figure: str
    bound: float
    than: str | None = None


def per_second(field: str) -> Callable[[Sample], float]:
    """A field of the report, per second of measuring."""
    return lambda sample: sample[field] / sample["seconds"]


def latency(quantile: str) -> Callable[[Sample], float | None]:
    """Milliseconds to the last member, or of what the scenario times."""
    return lambda sample: sample["latency"][quantile] if sample["latency"] else None


def server_share(sample: Sample) -> float:
    """CPU of the server in percent of one core."""
    return 100 * sample["server_cpu"] / sample["seconds"]


def generator_share(sample: Sample) -> float:
    """CPU of the generator in percent of one core: at 100 it is the bottleneck."""
    return 100 * sample["generator_cpu"] / sample["seconds"]


GENERATOR = Figure("generator CPU", "%", generator_share, more_is_better=False)
