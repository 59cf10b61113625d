"""The `Database` of one service on PostgreSQL."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection

from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Unavailable
from tertulia.kit.db import Unit
from tertulia.kit.db.postgres.probe import Probe
from tertulia.kit.db.postgres.sessions import open_engine
from tertulia.kit.db.postgres.transactions import (
    READ,
    RETRY_SECONDS,
    PostgresBatches,
    PostgresReaders,
    write,
)
from tertulia.kit.db.readers import ASIDE, READERS
from tertulia.kit.db.writer import Writer
from tertulia.kit.metrics import DATABASE_REACHABLE

R = TypeVar("R")
PROBE_SECONDS = 3.0
"""A server that takes longer to say that it is there counts as away."""


class PostgresDatabase:
    """A `Database` in the schema of one service. Any number of processes may have it at a time.

    While the server is away it refuses at once with `Unavailable`, and goes on when it is back. A write
    whose connection breaks while its COMMIT is under way is `Unavailable` too: it may be there or not.
    """

    def __init__(
        self,
        url: str,
        service: str,
        *,
        queue_limit: int = 10_000,
        most_reads: int = 10_000,
        deadline_seconds: float = 10,
    ) -> None:
        """`url`: `postgresql://role:password@host/database`, of a role that may use the service's schema.

        `deadline_seconds`: what has waited longer for the writer is refused before its transaction.
        """
        self._writing = open_engine(url, service, begin=write(service), met=self._met)
        self._reading = open_engine(url, service, begin=READ, size=READERS + ASIDE, met=self._met)
        self._asking = open_engine(url, service, patience=PROBE_SECONDS, met=self._met)
        self._probe = Probe(self._ask)
        DATABASE_REACHABLE.labels(service).set_function(lambda: self._probe.reachable)
        self._writer = Writer(
            PostgresBatches(self._writing).run,
            queue_limit=queue_limit,
            deadline_seconds=deadline_seconds,
        )
        self._readers = PostgresReaders(self._reading, most_waiting=most_reads)

    def start(self) -> None:
        """Begin to write. A server that is away is waited for, and `is_reachable` says so."""
        self._probe.start()
        self._writer.start()

    async def stop(self) -> None:
        """Finish what waits, then close."""
        await self._writer.stop()
        await asyncio.to_thread(self._probe.stop)
        self._readers.close()
        for engine in (self._writing, self._reading, self._asking):
            engine.dispose()

    @property
    def is_reachable(self) -> bool:
        """Whether the server answered when it was asked last, at most a few seconds ago."""
        return self._probe.reachable

    @property
    def waiting(self) -> int:
        """How many calls wait for the writer."""
        return self._writer.waiting

    @property
    def wait(self) -> float:
        """The seconds after which a call that is made now is answered; 0 where there is no jam."""
        return self._writer.wait

    async def write(self, unit: Unit, request: Any, actor: Actor) -> Any:
        """See `Database.write`. `Unavailable`: refused before any work, or the outcome is unknown."""
        self._check_reachable()
        return await self._writer.write(unit, request, actor)

    async def read(self, view: Callable[[Connection], R], *, aside: bool = False) -> R:
        """See `Database.read`. Raises `Unavailable` while the server is away."""
        self._check_reachable()
        return await self._readers.read(view, aside=aside)

    def _check_reachable(self) -> None:
        if not self._probe.reachable:
            raise Unavailable(retry_after=RETRY_SECONDS)

    def _met(self, reachable: bool) -> None:
        self._probe.met(reachable=reachable)

    def _ask(self) -> None:
        with self._asking.connect() as connection, connection.begin():
            connection.exec_driver_sql("SELECT 1")
