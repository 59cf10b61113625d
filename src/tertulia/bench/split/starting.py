"""A cluster for a run: its database holds what one process had stored, and nothing that dies comes back."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tertulia.bench.errors import NoResult
from tertulia.bench.serving import free_port
from tertulia.bench.split.parts import Parts
from tertulia.cluster import nats_server, postgresql
from tertulia.cluster.layout import Part, layout
from tertulia.cluster.postgresql import Postgresql
from tertulia.cluster.processes import Cluster
from tertulia.kernel.clock import SystemClock
from tertulia.kit.log import configure_logging
from tertulia.runtime.data import DataFolder
from tertulia.runtime.moving.move import move
from tertulia.runtime.moving.postgres import PostgresTarget
from tertulia.runtime.moving.sqlite import SqliteSource

DATABASE = "postgresql"
"""The folder of a cluster in which it looks for its database."""
MANY = frozenset({"gateway", "conversations"})
"""What runs in more than one process."""


def processes(gateways: int) -> list[Part]:
    """So many gateways, two processes for conversations, and one for each other service."""
    return [
        part for part in layout(gateways) if part.name.endswith("-1") or {*part.services} & MANY
    ]


@contextmanager
def started(folder: Path, gateways: int, settings: Mapping[str, str]) -> Iterator[Parts]:
    """It runs inside. Its loop stands still there: what dies stays dead, and is missed by who counts.

    What one process had stored is in `data`. Raises `NoResult`.
    """
    configure_logging("error")
    cluster = Cluster(folder, processes(gateways), port=free_port(), extra=settings)
    whole = cluster.running()
    with asyncio.Runner() as runner:
        try:
            _carry(folder / "data", folder / DATABASE)
            runner.run(whole.__aenter__())
        except (nats_server.CannotRun, postgresql.CannotRun) as error:
            raise NoResult(str(error)) from error
        except TimeoutError as error:
            raise NoResult("its processes do not become ready") from error
        try:
            yield Parts(cluster.port, _roots(cluster))
        finally:
            runner.run(whole.__aexit__(None, None, None))


def _carry(data: Path, folder: Path) -> None:
    """Move it to a new database, which the cluster then finds."""
    server = Postgresql(folder)
    server.start()
    try:
        move(SqliteSource(DataFolder(data)), PostgresTarget(server.url), SystemClock())
    finally:
        server.stop()


def _roots(cluster: Cluster) -> dict[str, int]:
    """The gateways first: it is they who have the connections."""
    own = {it.part.name: it.pid for it in reversed(cluster.processes) if it.pid is not None}
    return {**own, "NATS": cluster.nats.pid, "PostgreSQL": cluster.postgresql.pid}
