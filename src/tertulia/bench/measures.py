"""How something is measured: a server, a crowd and a run of the generator, in one number of seconds."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tertulia.bench.errors import NoResult
from tertulia.bench.load import Load
from tertulia.bench.peers import Crowd, Peer
from tertulia.bench.serving import Running
from tertulia.bench.wire import MISSED
from tertulia.bench.workshop import Workshop

Sample = dict[str, Any]
"""What one run reports: the fields of the generator's report, and what is derived from them."""


class Listening(Protocol):
    """A server that clients can come to."""

    @property
    def port(self) -> int:
        """Where it listens."""
        ...

    @property
    def pid(self) -> int:
        """Of the process whose CPU and memory the generator reports."""
        ...


Measure = Callable[[Workshop, Peer], Sample]
CLIMB_SECONDS = 2
"""How long each of the rising rates is held."""
HANDSHAKES_PER_SECOND = 400
"""Of the slowest peer, on a slow machine: what the deadline of a run allows for connecting."""


@dataclass(frozen=True)
class Run:
    """One scenario of the generator against a fresh server."""

    scenario: str
    crowd: Crowd
    options: Mapping[str, float | str]
    seconds: float
    """What it takes beside connecting; a run that takes much longer is given up."""

    def __call__(self, workshop: Workshop, peer: Peer) -> Sample:
        """Measure this peer. Raises `NoResult`."""
        folder = workshop.scratch(peer.key)
        with peer.serving(workshop, folder, self.crowd) as server:
            return peer.drive(self.load(workshop, peer, folder, server))

    def load(self, workshop: Workshop, peer: Peer, folder: Path, server: Listening) -> Load:
        """The generator's run against this server."""
        return Load(
            program=workshop.generator,
            folder=folder,
            wire=peer.wire,
            people=list(peer.people(self.crowd)),
            rooms=list(peer.rooms(self.crowd)),
            options={
                "scenario": self.scenario,
                "port": server.port,
                "server_pid": server.pid,
                "clients": self.crowd.clients,
                "collect": int(peer.collects),
                **self.options,
            },
            deadline=40 + 2 * self.seconds + self.crowd.clients / HANDSHAKES_PER_SECOND,
        )


def fan_out(crowd: Crowd, *, window: int, seconds: float, size: int = 100) -> Run:
    """Closed loop: so many messages in flight in every room."""
    options = {"window": window, "seconds": seconds, "size": size, "warm_up": seconds / 2}
    return Run("fanout", crowd, options, seconds * 1.5)


def durable(crowd: Crowd, *, window: int, seconds: float) -> Run:
    """Closed loop: everybody speaks, so many messages in flight together until acknowledged and heard."""
    options = {"window": window, "seconds": seconds, "warm_up": seconds / 2}
    return Run("durable", crowd, options, seconds * 1.5)


def at_rate(crowd: Crowd, *, rate: float, seconds: float) -> Run:
    """Open loop: so many messages a second."""
    return Run("rate", crowd, {"rate": rate, "seconds": seconds}, seconds)


def ramp(crowd: Crowd, *, start: float, seconds: float, limit_ms: float) -> Measure:
    """Open loop: the highest rate whose p99 stays within the limit, and the steps to find it."""
    options = {"rate": start, "seconds": seconds, "warm_up": seconds / 4, "limit_ms": limit_ms}
    run = Run("ramp", crowd, options, seconds * 40)

    def measure(workshop: Workshop, peer: Peer) -> Sample:
        sample = run(workshop, peer)
        if not sample["highest"]:
            raise NoResult("it carries none of the rates")
        return sample

    return measure


def hold(crowd: Crowd, *, settle: float, seconds: float) -> Measure:
    """Idle connections."""
    return Run("hold", crowd, {"settle": settle, "seconds": seconds}, settle + seconds)


def connect(crowd: Crowd, *, concurrent: int) -> Measure:
    """Handshakes."""
    return Run("connect", crowd, {"concurrent": concurrent}, 10)


def overload(crowd: Crowd, *, start: float, seconds: float) -> Measure:
    """Open loop of acknowledged commands: rising rates up to the peak, then 3 × of it, then half."""
    options = {
        "rate": start,
        "seconds": seconds,
        "settle": CLIMB_SECONDS,
        "limit_ms": 1000,
        "patience": 20,
        "said": "nothing that is said counts",
    }
    return Run("overload", crowd, options, 2 * seconds + 100)


@dataclass(frozen=True)
class SlowReaders:
    """Open loop at a fixed rate, first without the slow readers, then with them beside the others."""

    members: int
    slow: int
    rate: float
    size: int
    seconds: float

    def __call__(self, workshop: Workshop, peer: Peer) -> Sample:
        """Measure this peer. Raises `NoResult`."""
        baseline = self._run(self.members - self.slow, 0)(workshop, peer)
        sample = self._run(self.members, self.slow)(workshop, peer)
        return {**sample, "baseline": baseline}

    def _run(self, clients: int, slow: int) -> Run:
        options = {"rate": self.rate, "size": self.size, "seconds": self.seconds, "slow": slow}
        return Run("rate", Crowd(clients, clients), options, self.seconds)


@dataclass(frozen=True)
class Storm:
    """SIGKILL with everybody connected; they all come back, and catch up on what they missed."""

    clients: int
    members: int
    spread: float = 0
    """Seconds over which they begin to come back."""

    def __call__(self, workshop: Workshop, peer: Peer) -> Sample:
        """Measure this peer. Raises `NoResult`."""
        crowd = Crowd(self.clients, self.members)
        options = {"missed": MISSED, "settle": self.spread, "concurrent": self.clients}
        folder = workshop.scratch(peer.key)
        with peer.serving(workshop, folder, crowd) as server:
            load = Run("storm", crowd, options, 60).load(workshop, peer, folder, server)
            report = load.run(_killing(server))
            return {**report, "server_cpu": server.cpu_seconds}


def _killing(server: Running) -> Callable[[str], None]:
    def on_stage(stage: str) -> None:
        if stage == "connected":
            server.kill()
        if stage == "away":
            server.start()

    return on_stage


def all_at_once(
    measure: Measure, workshop: Workshop, peers: list[Peer]
) -> dict[str, Sample | NoResult]:
    """One sample of each peer, taken at the same time: for what leaves the cores idle."""
    samples: dict[str, Sample | NoResult] = {}

    def take(peer: Peer) -> None:
        samples[peer.key] = attempt(measure, workshop, peer)

    threads = [threading.Thread(target=take, args=[peer]) for peer in peers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return samples


def attempt(measure: Measure, workshop: Workshop, peer: Peer) -> Sample | NoResult:
    """A sample, or why there is none."""
    try:
        return measure(workshop, peer)
    except NoResult as failure:
        return failure
