"""The two ports of a move: where the rows come from, and where they go."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Table

from tertulia.runtime.moving.content import Row


class Reading(Protocol):
    """One moment of the old side."""

    def of(self, service: str) -> Connection:
        """A connection that sees the tables of a service."""
        ...


class Source(Protocol):
    """The old side."""

    name: str
    """As it is shown: without a password."""

    def held(self) -> AbstractContextManager[None]:
        """No changes from now on. They go on at the end, unless `leave` said that it is over.

        Raises `CannotStart` where another move is under way, or where the data has moved already.
        """
        ...

    def reading(self) -> AbstractContextManager[Reading]:
        """One moment of it."""
        ...

    def leave(self) -> None:
        """Take no changes any more: the new side has taken its place."""
        ...


class Writing(Protocol):
    """The new side, which nobody sees before it is whole."""

    def of(self, service: str) -> Connection:
        """A connection that sees the tables of a service."""
        ...

    def load(self, table: Table, rows: Iterator[Row]) -> None:
        """Put the rows into a table, whose columns come as `columns_of` sorts them."""
        ...


class Target(Protocol):
    """The new side."""

    name: str
    """As it is shown: without a password."""

    def writing(self, services: Sequence[str]) -> AbstractContextManager[Writing]:
        """Empty tables of this version. At the end they are there for good; after an exception nothing is.

        Raises `CannotStart` where there is data already.
        """
        ...
