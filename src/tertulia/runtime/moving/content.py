"""What the tables of a service hold, row by row, in values that are the same in every database."""

import json
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    cast,
    select,
)
from sqlalchemy.sql.expression import ColumnElement, collate

from tertulia.kit.db.copies import Contents
from tertulia.runtime.data import CannotStart

ROWS_AT_ONCE = 1_000
Row = tuple[Any, ...]
Check = Callable[[Table, Row], object]


def tables_of(connection: Connection, service: str) -> list[Table]:
    """The tables of a service as they are in its database, each after those that it points to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name.startswith(f"{service}_"))
    return found.sorted_tables


def columns_of(table: Table) -> list[Column[Any]]:
    """In an order that does not depend on when a column was added."""
    return sorted(table.columns, key=lambda column: column.name)


def read_rows(connection: Connection, table: Table) -> Iterator[Row]:
    """All rows in the order of the primary key: numbers, yes or no, texts (JSON is one), None."""
    statement = select(*map(_plain, columns_of(table))).order_by(
        *(_sorted(connection, column) for column in table.primary_key)
    )
    found = connection.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE})
    for row in found:
        yield tuple(row)


class Digest:
    """Counts rows and takes the SHA-256 of them all while they pass."""

    def __init__(self) -> None:
        self._rows = 0
        self._hash = sha256()

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows."""
        for row in rows:
            self._rows += 1
            self._hash.update(f"{json.dumps(row)}\n".encode("ascii"))
            yield row

    @property
    def contents(self) -> Contents:
        """Of what has passed."""
        return Contents(self._rows, self._hash.hexdigest())


def digest(connection: Connection, table: Table) -> Contents:
    """What a table holds."""
    taken = Digest()
    for _ in taken.passing(read_rows(connection, table)):
        pass
    return taken.contents


def is_empty(connection: Connection, table: Table) -> bool:
    """Whether a table holds nothing."""
    return connection.execute(select(*table.primary_key).limit(1)).first() is None


def without_nul(table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows. Raises `CannotStart` at a text with U+0000, which PostgreSQL cannot hold.

    No request can bring one in (`control_character`), so such a row was not written by this program.
    """
    names = [column.name for column in columns_of(table)]
    for row in rows:
        for name, value in zip(names, row, strict=True):
            if isinstance(value, str) and "\0" in value:
                where = f"{table.name}.{name}"
                detail = f"there is a text with U+0000 in {where}, which PostgreSQL cannot hold"
                raise CannotStart("move_nul", detail, where=where)
        yield row


def _plain(column: Column[Any]) -> ColumnElement[Any]:
    """JSON as the text that it is; what has other kinds of its own here has none in a reflected table."""
    return cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column


def _sorted(connection: Connection, column: Column[Any]) -> ColumnElement[Any]:
    """By code points, whatever the locale of the database."""
    if connection.dialect.name == "postgresql" and isinstance(column.type, String):
        return collate(column, "C")
    return column


def as_stored(table: Table, row: Row) -> Row:
    """The values as SQLite keeps them: a yes or no is 1 or 0."""
    kinds = [isinstance(column.type, Boolean) for column in columns_of(table)]
    return tuple(
        int(value) if is_yes_or_no and value is not None else value
        for is_yes_or_no, value in zip(kinds, row, strict=True)
    )
