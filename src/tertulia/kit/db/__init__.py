"""The database port: one writer that commits what waits in batches, and readers beside it.

A *unit of work* is a synchronous function over a `Connection`. Units keep no state outside the
database, because a batch that meets an unexpected exception is rolled back and its calls run again,
one by one. A refusal (`AppError`) happens before the first write of its call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Call:
    """One request that waits for its unit, with who asks."""

    request: Any
    actor: Actor


Record = Any
"""A row of a result: its columns are attributes."""

Outcome = Any
"""What a call came to: its result, or the `AppError` that refuses it."""

Unit = Callable[[Connection, Sequence[Call]], Sequence[Outcome]]
"""Carries out calls of one class in order, in one transaction, and answers each."""

AfterCommit = Callable[[], object]


def after_commit(connection: Connection, callback: AfterCommit) -> None:
    """Run the callback in the writer once this transaction is on stable storage; never on rollback."""
    connection.info.setdefault("after_commit", []).append(callback)


class Database(Protocol):
    """A port with three drivers: SQLite with a writer thread, the same inline, and PostgreSQL."""

    async def write(self, unit: Unit, request: Any, actor: Actor) -> Any:
        """The outcome of one call of the unit, once it is on stable storage.

        Calls take effect in the order in which `write` is called: nothing suspends before the call
        stands in the queue. Raises the call's `AppError`, `Overloaded` when the queue is full and
        `StorageFull` when the disk refuses.
        """
        ...

    async def read(self, view: Callable[[Connection], R], *, aside: bool = False) -> R:
        """What the view sees, in one read transaction, after every write answered so far.

        `aside`: it may wait, so that however many of these there are, other reads find a reader. Raises
        `Overloaded` when too many wait.
        """
        ...


def each(act: Callable[[Connection, Any, Actor], Any]) -> Unit:
    """The unit that carries out its calls one by one."""

    def unit(connection: Connection, calls: Sequence[Call]) -> Sequence[Outcome]:
        return [_outcome(act, connection, call) for call in calls]

    unit.__qualname__ = f"each({act.__qualname__})"
    return unit


def _outcome(
    act: Callable[[Connection, Any, Actor], Any], connection: Connection, call: Call
) -> Outcome:
    before = changes(connection)
    try:
        return act(connection, call.request, call.actor)
    except AppError as refusal:
        if changes(connection) != before:
            raise HalfDone(act.__qualname__) from refusal
        return refusal


class HalfDone(Exception):
    """A unit refused after it had written: its batch is rolled back and runs again one by one."""


def changes(connection: Connection) -> int:
    """How many rows this connection has written, where the driver counts them."""
    driver = connection.connection.driver_connection
    return getattr(driver, "total_changes", 0)
