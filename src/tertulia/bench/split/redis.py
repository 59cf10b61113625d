"""python-socketio in two processes, with Redis between them."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tertulia.bench.errors import CannotMeasure, NoResult
from tertulia.bench.peers import Crowd
from tertulia.bench.serving import free_port, running
from tertulia.bench.split.parts import Parts, PartsPeer
from tertulia.bench.workshop import Workshop

PROCESSES = 2
CLIENT = ("redis", "hiredis")
"""The packages of PyPI that python-socketio's manager asks for: the client, and its parser in C."""
NOTHING_KEPT = ("--save", "", "--appendonly", "no")


@dataclass(frozen=True)
class RedisPeer(PartsPeer):
    """Uvicorn processes that share a port, as those of the stock peer, and Debian's redis-server."""

    module: str = "tertulia.bench.servers.through_redis"

    def build(self, workshop: Workshop) -> None:
        """Install the client, if that can be done here."""
        with suppress(CannotMeasure):
            workshop.install_packages("redis", *CLIENT)

    @contextmanager
    def parts(self, workshop: Workshop, folder: Path, crowd: Crowd) -> Iterator[Parts]:
        """All of it, while it is needed. Raises `NoResult` where something is not installed."""
        del crowd
        client = workshop.packages("redis")
        if not client.exists():
            raise NoResult("the client of Redis could not be installed")
        with ExitStack() as stack:
            redis = stack.enter_context(_redis(folder))
            port, roots = free_port(), {}
            for number in range(1, PROCESSES + 1):
                own = free_port()
                command = [sys.executable, "-m", self.module, str(own), str(port), str(redis.port)]
                log = folder / f"process-{number}.log"
                environment = {"PYTHONPATH": str(client)}
                started = running(command, environment, log, own, pinned=False)
                roots[f"process-{number}"] = stack.enter_context(started).pid
            yield Parts(port, {**roots, "Redis": redis.pid})


@contextmanager
def _redis(folder: Path) -> Iterator[Parts]:
    program = shutil.which("redis-server")
    if program is None:
        raise NoResult("it is not installed: redis-server is missing")
    port = free_port()
    command = [program, "--bind", "127.0.0.1", "--port", str(port), *NOTHING_KEPT]
    with running(command, {}, folder / "redis.log", port, pinned=False) as server:
        yield Parts(port, {"Redis": server.pid})


REDIS = RedisPeer("redis", "python-socketio, two processes and Redis")
