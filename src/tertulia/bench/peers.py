"""Who is measured: a command that serves the wire contract, or the product with its own words."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tertulia.bench.load import Load
from tertulia.bench.serving import Running, free_port, running
from tertulia.bench.wire import CONTRACT, Wire, people_lines, room_lines
from tertulia.bench.workshop import Workshop


@dataclass(frozen=True)
class Crowd:
    """How many connect, and how they are spread over rooms."""

    clients: int
    members: int
    rooms_each: int = 1

    @property
    def rooms(self) -> int:
        """The rooms that are spoken in."""
        return -(-self.clients // self.members)


@dataclass(frozen=True)
class Peer:
    """A server that speaks the wire contract."""

    key: str
    title: str
    module: str = ""
    collects: bool = True
    """Whether SIGUSR2 makes it collect its garbage."""
    wire: Wire = CONTRACT

    def build(self, workshop: Workshop) -> None:
        """Build or install what it is made of. Raises `CannotMeasure`."""

    def command(self, workshop: Workshop, port: int, folder: Path) -> list[str]:
        """What starts it."""
        del workshop, folder
        return [sys.executable, "-m", self.module, str(port)]

    def environment(self) -> dict[str, str]:
        """The variables that it starts with."""
        return {"BENCH_MISSED": "1"}

    def prepare(self, workshop: Workshop, folder: Path, crowd: Crowd) -> None:
        """Lay out what it needs before it starts."""

    def people(self, crowd: Crowd) -> Iterable[str]:
        """The generator's file of people."""
        return people_lines(crowd.clients, crowd.members, crowd.rooms_each)

    def rooms(self, crowd: Crowd) -> Iterable[str]:
        """The generator's file of rooms."""
        return room_lines(crowd.rooms)

    def drive(self, load: Load) -> dict[str, Any]:
        """The report of this load. A peer with a protocol of its own brings its own generator."""
        return load.run()

    @contextmanager
    def serving(self, workshop: Workshop, folder: Path, crowd: Crowd) -> Iterator[Running]:
        """The server while it is needed."""
        self.prepare(workshop, folder, crowd)
        port = free_port()
        command = self.command(workshop, port, folder)
        with running(command, self.environment(), folder / "server.log", port) as server:
            yield server


@dataclass(frozen=True)
class NodePeer(Peer):
    """npm socket.io."""

    def build(self, workshop: Workshop) -> None:
        """Install it."""
        workshop.install_node_server()

    def command(self, workshop: Workshop, port: int, folder: Path) -> list[str]:
        """What starts it."""
        del folder
        return ["node", "--expose-gc", str(workshop.node_server), str(port)]


@dataclass(frozen=True)
class NullPeer(Peer):
    """The server that does nothing but write: what the generator can take."""

    collects: bool = False

    def build(self, workshop: Workshop) -> None:
        """Compile it."""
        workshop.build_null_server()

    def command(self, workshop: Workshop, port: int, folder: Path) -> list[str]:
        """What starts it."""
        del folder
        return [str(workshop.null_server), str(port)]


REALTIME = Peer("realtime", "tertulia.realtime", module="tertulia.bench.servers.realtime")
STOCK = Peer("stock", "python-socketio, stock", module="tertulia.bench.servers.stock")
NPM = NodePeer("npm", "npm socket.io")
NULL = NullPeer("null", "(null server: the generator's ceiling)")
