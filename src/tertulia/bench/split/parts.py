"""A server of several parts, and the measure that says what each of them takes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tertulia.bench.measures import Measure, Run, Sample
from tertulia.bench.peers import Crowd, Peer
from tertulia.bench.split.accounting import Account, trees
from tertulia.bench.workshop import Workshop


@dataclass(frozen=True)
class Parts:
    """What runs: the port that clients come to, and the process at the root of each part."""

    port: int
    roots: Mapping[str, int]

    @property
    def pid(self) -> int:
        """Of the part whose memory is reported: the first."""
        return next(iter(self.roots.values()))


@dataclass(frozen=True)
class PartsPeer(Peer):
    """A server of several parts, which share the cores with the generator."""

    collects: bool = False

    @contextmanager
    def parts(self, workshop: Workshop, folder: Path, crowd: Crowd) -> Iterator[Parts]:
        """All of it, while it is needed. Raises `NoResult`."""
        raise NotImplementedError


def accounted(run: Run) -> Measure:
    """The run, with seconds of CPU by part in `cpu` and of all in `server_cpu`."""

    def measure(workshop: Workshop, peer: Peer) -> Sample:
        folder = workshop.scratch(peer.key)
        with _parts(peer, workshop, folder, run.crowd) as parts:
            account = Account(partial(trees, parts.roots))
            load = run.load(workshop, peer, folder, parts)
            report = load.run(account.on_stage)
            cpu = account.charged(report["seconds"])
        return {**report, "cpu": cpu, "server_cpu": sum(cpu.values())}

    return measure


@contextmanager
def _parts(peer: Peer, workshop: Workshop, folder: Path, crowd: Crowd) -> Iterator[Parts]:
    """A server that is one process is its own only part."""
    if isinstance(peer, PartsPeer):
        with peer.parts(workshop, folder, crowd) as parts:
            yield parts
    else:
        with peer.serving(workshop, folder, crowd) as server:
            yield Parts(server.port, {"server": server.pid})
