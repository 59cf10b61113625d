"""Column types that mean the same on SQLite and PostgreSQL, and the one statement they spell apart."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    String,
    Table,
    Text,
    TypeDecorator,
    cast,
)
from sqlalchemy.dialects import postgresql, sqlite


@lru_cache(maxsize=256)
def milliseconds(moment: datetime) -> int:
    """An aware datetime as it is kept. What is written together has mostly one moment."""
    return round(moment.timestamp() * 1000)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, kept as milliseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Aware datetime → milliseconds."""
        return None if value is None else milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Milliseconds → aware datetime in UTC."""
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def text_type(length: int | None = None) -> String:
    """Text that is compared and sorted by its code points on every database, whatever its locale.

    `length` says what is to be expected. It is no limit: those are settings, and rules check them.
    """
    plain: String = Text() if length is None else String(length)
    return plain.with_variant(Text(collation="C"), "postgresql")


def id_type() -> String:
    """The type of a UUIDv7 column."""
    return text_type(36)


def insert(connection: Connection, table: Table) -> Any:
    """An INSERT of the connection's dialect, with `on_conflict_do_nothing` and `…_do_update`."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def as_json(connection: Connection, text: ColumnElement[str]) -> ColumnElement[Any]:
    """JSON that is given as text, for a column of JSON; to SQLite it is the same."""
    return cast(text, JSON) if connection.dialect.name == "postgresql" else text
