"""The event log of a service: what happened, as rows of the transaction that caused it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    update,
)

from tertulia.kernel.event_log import PAGE, LoggedEvent
from tertulia.kernel.messages import Event
from tertulia.kit import failpoints
from tertulia.kit.db import after_commit
from tertulia.kit.db.columns import as_json, insert, text_type
from tertulia.kit.db.statements import Prepared

HEAD = "head"
"""The row of the positions that is no consumer's: what was given last."""

Entries = Sequence[tuple[int, Event]]
"""Facts with their positions, ascending."""


def event_tables(service: str, metadata: MetaData) -> tuple[Table, Table]:
    """The tables of a service's log: the events, and the positions that its consumers reached.

    The row named `head` holds the position that was given last.
    """
    events = Table(
        f"{service}_events",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=False),
        Column("name", text_type(80), nullable=False),
        Column("body", JSON, nullable=False),
    )
    positions = Table(
        f"{service}_positions",
        metadata,
        Column("consumer", text_type(80), primary_key=True),
        Column("position", BigInteger, nullable=False),
    )
    return events, positions


@dataclass
class Follower:
    """Who follows a log in one database: told, in the writer, what each transaction appended."""

    told: Callable[[Entries], object]
    passed: int = 0
    """Up to here nobody needs the rows: the next transaction that appends deletes them."""


class EventLog:
    """The log of one service, in the service's own tables."""

    def __init__(self, service: str, metadata: MetaData) -> None:
        self.service = service
        self._events, self._positions = event_tables(service, metadata)
        self._advance_head = Prepared(lambda _: _advancing(self._positions))
        self._add = Prepared(lambda connection: _adding(connection, self._events))
        self._look = Prepared(lambda _: _bounds(self._events, self._positions))
        self._delete = Prepared(
            lambda _: delete(self._events).where(self._events.c.position <= bindparam("passed"))
        )
        self._followers: WeakKeyDictionary[Engine, Follower] = WeakKeyDictionary()

    def follow(self, connection: Connection, follower: Follower) -> None:
        """Tell this one follower of the connection's database from the next transaction on."""
        self._followers[connection.engine] = follower

    def append(self, connection: Connection, events: Sequence[Event]) -> None:
        """Record the facts in this transaction, at the next positions."""
        if not events:
            return
        last = self._advance(connection, len(events))
        follower = self._followers.get(connection.engine)
        if follower is not None:  # before the new rows, which then take the pages of the old ones
            self._forget(connection, follower)
        entries = list(enumerate(events, start=last - len(events) + 1))
        rows = [
            {"at": position, "what": fact.wire_name, "json": fact.encoded.decode()}
            for position, fact in entries
        ]
        self._add.run_for(connection, rows)
        if follower is not None:
            after_commit(connection, lambda: follower.told(entries))

    def list_events(
        self,
        connection: Connection,
        after: int,
        limit: int = PAGE,
        *,
        names: Collection[str] | None = None,
    ) -> list[LoggedEvent]:
        """The events above a position, in order; only those with one of the names, where some are given."""
        found = select(self._events).where(self._events.c.position > after)
        if names is not None:
            found = found.where(self._events.c.name.in_(names))
        rows = connection.execute(found.order_by(self._events.c.position).limit(limit))
        return [
            LoggedEvent(position=row.position, wire_name=row.name, body=row.body) for row in rows
        ]

    def position(self, connection: Connection, consumer: str) -> int:
        """How far a consumer has come; 0 at first."""
        found = connection.execute(
            select(self._positions.c.position).where(self._positions.c.consumer == consumer)
        ).scalar()
        return found or 0

    def head(self, connection: Connection) -> int:
        """The position that was given last; 0 before the first."""
        return self.position(connection, HEAD)

    def extent(self, connection: Connection) -> tuple[int, int, int]:
        """The first and the last position of the rows that are kept, and how many there are."""
        position = self._events.c.position
        first, last, count = connection.execute(
            select(func.min(position), func.max(position), func.count())
        ).one()
        return first or 0, last or 0, count

    def bounds(self, connection: Connection) -> tuple[int, int]:
        """The head, and the position from which on no row is missing: the next one where there are no rows.

        One statement, as many processes look several times a second.
        """
        (found,) = self._look.rows(connection)
        head = found.head or 0
        return head, found.first or head + 1

    def delete_through(self, connection: Connection, position: int) -> None:
        """Delete the rows that nobody needs any more: up to a position, and with it."""
        self._delete.run(connection, passed=position)
        failpoints.reach("mid_outbox_delete")

    def move(self, connection: Connection, consumer: str, position: int) -> None:
        """Remember, in the transaction of the effects, how far a consumer of this service has come."""
        statement = insert(connection, self._positions).values(consumer=consumer, position=position)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["consumer"], set_={"position": statement.excluded.position}
            )
        )

    def _advance(self, connection: Connection, count: int) -> int:
        moved = self._advance_head.rows(connection, count=count)
        if moved:
            return moved[0].position
        highest = connection.execute(select(func.max(self._events.c.position))).scalar() or 0
        self.move(connection, HEAD, highest + count)
        return highest + count

    def _forget(self, connection: Connection, follower: Follower) -> None:
        passed, follower.passed = follower.passed, 0
        if passed:
            self._delete.run(connection, passed=passed)
            failpoints.reach("mid_outbox_delete")


def _advancing(positions: Table) -> Any:
    """Move the head on; where it is then."""
    return (
        update(positions)
        .where(positions.c.consumer == literal_column("'head'"))
        .values(position=positions.c.position + bindparam("count"))
        .returning(positions.c.position)
    )


def _bounds(events: Table, positions: Table) -> Any:
    """Where the head is, and the first row that is kept."""
    head = select(positions.c.position).where(positions.c.consumer == literal_column("'head'"))
    first = select(func.min(events.c.position))
    return select(head.scalar_subquery().label("head"), first.scalar_subquery().label("first"))


def _adding(connection: Connection, events: Table) -> Any:
    """Add a fact whose body is JSON already."""
    body = as_json(connection, bindparam("json", type_=String()))
    statement = insert(connection, events)
    return statement.values(position=bindparam("at"), name=bindparam("what"), body=body)
