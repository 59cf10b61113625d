"""The tiers there are, by name."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tertulia.chaos.plan import Tier

USUAL = ("live", "power", "simulation", "truth")
NAMES = (*USUAL, "split", "mutants")
"""`split` needs a NATS server and PostgreSQL; `mutants` proves the checkers, not the product. Both are part of
a full run."""


@dataclass(frozen=True)
class Places:
    """Where runs work, and where the official client of npm is, unless it is to be installed."""

    folder: Path
    packages: Path | None = None


@contextmanager
def opened(names: Sequence[str], places: Places) -> Iterator[list[Tier]]:
    """The tiers of these names while they are needed. `KeyError` for one that there is not."""
    with ExitStack() as stack:
        yield [_open(name, places, stack) for name in names]


def _open(name: str, places: Places, stack: ExitStack) -> Tier:
    """Each is imported only where it is wanted: they need much, and some need what a machine may lack."""
    match name:
        case "live":
            from tertulia.chaos.live.tier import LiveTier  # noqa: PLC0415

            tier = LiveTier(places.folder / "live", packages=places.packages)
            return stack.enter_context(tier)
        case "split":
            from tertulia.chaos.split.tier import SplitTier  # noqa: PLC0415

            return stack.enter_context(SplitTier(places.folder / "split", packages=places.packages))
        case "power":
            from tertulia.chaos.power.tier import PowerTier  # noqa: PLC0415

            return PowerTier()
        case "simulation":
            from tertulia.chaos.simulation.tier import Simulation  # noqa: PLC0415

            return Simulation()
        case "truth":
            from tertulia.chaos.truth.tier import Truth  # noqa: PLC0415

            return Truth()
        case "mutants":
            from tertulia.chaos.mutants.hunting import MutantTier  # noqa: PLC0415

            return MutantTier()
        case _:
            raise KeyError(name)
