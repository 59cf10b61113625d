"""What an operator's tools do with a service's tables: check what is derived, and follow a restore.

A service's `wiring` declares one `Upkeep`; the runtime puts them together and knows no table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from tertulia.kit.outbox import EventLog

ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is stored, and what it is when it is recomputed; never what somebody wrote."""

    where: Mapping[str, Any]
    """The ids, and perhaps the `seq`, of the row."""
    stored: Any
    recomputed: Any


Facts = Mapping[str, Callable[[], Iterable[Any]]]
"""What lower services say of themselves, by `service.what`: rows or values, read when asked for."""


@dataclass(frozen=True, slots=True)
class Check:
    """Recomputes one derived thing of a whole database, and finds where what is stored differs."""

    name: str
    """`service.what`, worded for people under `fsck.<name>`."""
    find: Callable[[Connection, Facts], Iterator[Difference]]


@dataclass(frozen=True)
class Upkeep:
    """How a service's tables are looked after while nobody asks it for anything."""

    log: EventLog
    checks: Sequence[Check]
    follows: Sequence[str] = ()
    """The services on whose events it reacts durably."""
    facts: Mapping[str, Callable[[Connection], Iterable[Any]]] = field(
        default_factory=dict[str, Callable[[Connection], Iterable[Any]]]
    )
    """What higher services may compare themselves with."""
    heads: Callable[[Connection], Mapping[str, tuple[str, int]]] | None = None
    """Each log's epoch and head, by its id."""
    restored: Callable[[Connection, Connection | None], None] | None = None
    """Follows a restore, in the transaction of the database that was brought back.

    The other connection reads the data that was there before; None where that cannot be read.
    """


def by_query(name: str, make: Callable[[], Any]) -> Check:
    """The check of a query that finds the rows that differ.

    It selects `stored` and `recomputed`; its other columns say where.
    """

    def find(connection: Connection, _facts: Facts) -> Iterator[Difference]:
        found = connection.execute(make(), execution_options={"yield_per": ROWS_AT_ONCE})
        for row in found:
            where = dict(row._mapping)  # noqa: SLF001 - the public name of a row's columns
            stored, recomputed = where.pop("stored"), where.pop("recomputed")
            yield Difference(where, stored, recomputed)

    return Check(name, find)
