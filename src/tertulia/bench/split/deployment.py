"""The product in many processes as a peer: what `make cluster` starts, with the people of the one process."""

import importlib.util
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tertulia.bench.errors import NoResult
from tertulia.bench.peers import Crowd
from tertulia.bench.product import PATIENT, PRODUCT, SETTINGS
from tertulia.bench.split.parts import Parts, PartsPeer
from tertulia.bench.wire import Wire
from tertulia.bench.workshop import Workshop

LIBRARIES = ("nats", "psycopg")


@dataclass(frozen=True)
class SplitPeer(PartsPeer):
    """Some gateways, two processes for conversations, one for each other service, NATS and PostgreSQL."""

    wire: Wire = PRODUCT.wire
    gateways: int = 2

    def environment(self) -> dict[str, str]:
        """The settings that all its processes have in common."""
        return {**SETTINGS, **PATIENT}

    @contextmanager
    def parts(self, workshop: Workshop, folder: Path, crowd: Crowd) -> Iterator[Parts]:
        """All of it, while it is needed. Raises `NoResult`."""
        if missing := [name for name in LIBRARIES if importlib.util.find_spec(name) is None]:
            raise NoResult(f"it is not installed: {', '.join(missing)} is missing")
        from tertulia.bench.split.starting import started  # noqa: PLC0415 - its libraries are extras

        PRODUCT.prepare(workshop, folder, crowd)
        with started(folder, self.gateways, self.environment()) as parts:
            yield parts

    def people(self, crowd: Crowd) -> Iterable[str]:
        """The same as of the one process."""
        return PRODUCT.people(crowd)

    def rooms(self, crowd: Crowd) -> Iterable[str]:
        """The same as of the one process."""
        return PRODUCT.rooms(crowd)


SPLIT = SplitPeer("split", "Tertulia, two gateways")
