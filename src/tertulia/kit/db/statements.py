"""Statements that are compiled once, for the paths on which SQLAlchemy costs more than the database.

A statement of SQLAlchemy Core becomes text and the order of its parameters the first time that a dialect
needs it; from then on the driver gets both as they are. The text is always the same, since a list is one
parameter however long it is (`listed`, `paired`), so the driver keeps it prepared: sqlite3 at once, psycopg,
on the server, when it is carried out the sixth time by a connection.

For drivers with positional parameters; psycopg is one when it is asked (`paramstyle="format"`).
"""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import starmap
from operator import itemgetter
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Dialect,
    Select,
    String,
    TableValuedAlias,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.engine.interfaces import DBAPICursor

from tertulia.kit.db import Record
from tertulia.kit.db.columns import Instant, milliseconds

Parameters = Mapping[str, Any]


@dataclass(slots=True)
class _Compiled:
    """The text for one dialect, how its parameters are picked in order, and what converts some of them."""

    text: str
    pick: Callable[[Parameters], tuple[Any, ...]]
    converted: Sequence[tuple[int, Callable[[Any], Any]]]
    row: type[Any] | None = None
    """What a row is, known once there was a result: a tuple whose columns are attributes."""

    def bound(self, given: Parameters) -> tuple[Any, ...]:
        """The values as the driver takes them."""
        picked = self.pick(given)
        if not self.converted:
            return picked
        values = list(picked)
        for place, convert in self.converted:
            if values[place] is not None:
                values[place] = convert(values[place])
        return tuple(values)

    def named(self, cursor: DBAPICursor) -> Sequence[Record]:
        """All rows of a result."""
        if self.row is None:
            self.row = namedtuple("Row", [column[0] for column in cursor.description])
        return [*starmap(self.row, cursor.fetchall())]


class Prepared:
    """A statement that is made once for each dialect. None is NULL, whatever the type.

    It belongs into a transaction that is begun, and what goes wrong is the driver's own exception. Rows come
    as the driver gives them: a moment as milliseconds; a yes or no as 1 or 0, or as True or False; JSON as text,
    or as what it says.
    """

    def __init__(self, make: Callable[[Connection], Any]) -> None:
        """`make` is given a connection of the dialect that it is to be for."""
        self._make = make
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, **given: Any) -> Sequence[Record]:
        """What it finds."""
        compiled, cursor = self._for(connection), connection.connection.cursor()
        cursor.execute(compiled.text, compiled.bound(given))
        return compiled.named(cursor)

    def run(self, connection: Connection, **given: Any) -> None:
        """Carry it out once."""
        compiled = self._for(connection)
        connection.connection.cursor().execute(compiled.text, compiled.bound(given))

    def run_for(self, connection: Connection, all_given: Collection[Parameters]) -> None:
        """Carry it out for each of these, in order; not at all for none."""
        if all_given:
            compiled = self._for(connection)
            bound = [*map(compiled.bound, all_given)]
            cursor = connection.connection.cursor()
            if len(bound) == 1:  # of which psycopg would make a pipeline
                cursor.execute(compiled.text, bound[0])
            else:
                cursor.executemany(compiled.text, bound)

    def _for(self, connection: Connection) -> _Compiled:
        name = connection.dialect.name
        compiled = self._compiled.get(name)
        if compiled is None:
            made = self._make(connection)
            compiled = self._compiled[name] = _compile(made, connection.dialect)
        return compiled


def _compile(statement: Any, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    names: Sequence[str] = compiled.positiontup
    processors = [_processor(compiled.binds[name].type, dialect) for name in names]
    converted = [(place, each) for place, each in enumerate(processors) if each is not None]
    return _Compiled(str(compiled), _picking(names), converted)


def _processor(kind: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What converts a value; a yes or no goes to every driver as it is."""
    if isinstance(kind, Boolean):
        return None
    if isinstance(kind, Instant):
        return milliseconds
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _picking(names: Sequence[str]) -> Callable[[Parameters], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: tuple(given[name] for name in names)


# --- lists as one parameter -------------------------------------------------------------------------


def as_list(texts: Collection[str] | Collection[tuple[str, str]]) -> str:
    """Texts, or pairs of them, as one parameter."""
    return to_json(list(texts)).decode()


def listed(connection: Connection, name: str) -> Select[Any]:
    """The texts of such a parameter, for `column.in_(…)`."""
    given = bindparam(name, type_=String())
    if connection.dialect.name == "postgresql":
        each = func.json_array_elements_text(cast(given, JSON)).table_valued("value")
    else:
        each = func.json_each(given).table_valued("value")
    return select(each.c.value)


def paired(connection: Connection, name: str) -> TableValuedAlias:
    """The pairs of such a parameter, as a table to select from; `half` reads them."""
    given = bindparam(name, type_=String())
    if connection.dialect.name == "postgresql":
        return func.json_array_elements(cast(given, JSON)).table_valued("value")
    return func.json_each(given).table_valued("value")


def half(pairs: TableValuedAlias, index: int) -> Any:
    """The first (0) or second (1) text of each pair."""
    return pairs.c.value.op("->>")(literal_column(str(index)))
