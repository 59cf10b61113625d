"""A data folder as a side of a move."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Table

from tertulia.kernel.clock import Clock
from tertulia.kit.db.marks import Mark, find_mark, set_mark
from tertulia.kit.db.snapshots import snapshot
from tertulia.kit.db.sqlite import open_engine
from tertulia.runtime.data import CannotStart, DataFolder, migrate, told_plainly
from tertulia.runtime.files import make_folder, scratch, sync
from tertulia.runtime.histories import tell_restored
from tertulia.runtime.moving.content import ROWS_AT_ONCE, Row, as_stored, columns_of
from tertulia.runtime.services import migrations
from tertulia.runtime.switch import MOVING_LOCK

UNFINISHED = ".tertulia-move-"


class _OneFile:
    """Tables of all services, in one file."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, service: str) -> Connection:
        """The same for each."""
        return self.connection


class SqliteSource:
    """The database of a data folder. A server may run on it: it refuses changes meanwhile."""

    def __init__(self, folder: DataFolder) -> None:
        """Raises `CannotStart` where there is no database."""
        if not folder.database.is_file():
            raise CannotStart(
                "no_data", f"there is no database in {folder.path}", folder=folder.path
            )
        self.name = str(folder.path)
        self._folder = folder
        self._left = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """See `Source.held`."""
        with alone(self._folder):
            check_not_moved(self._folder)
            set_mark(self._folder.database, Mark.MOVING)
            try:
                yield
            finally:
                if not self._left:
                    set_mark(self._folder.database, Mark.NONE)

    @contextmanager
    def reading(self) -> Iterator[_OneFile]:
        """See `Source.reading`."""
        folder = self._folder
        with told_plainly(folder.path, folder.database), snapshot(folder.database) as connection:
            yield _OneFile(connection)

    def leave(self) -> None:
        """See `Source.leave`."""
        set_mark(self._folder.database, Mark.MOVED)
        self._left = True


class SqliteTarget:
    """The database of a data folder, which nobody uses. One that has moved away is kept in `backups/`."""

    def __init__(self, folder: DataFolder, clock: Clock) -> None:
        self.name = str(folder.path)
        self._folder = folder
        self._clock = clock

    @contextmanager
    def writing(self, services: Sequence[str]) -> Iterator["_Filling"]:
        """See `Target.writing`."""
        folder = self._folder
        with folder.locked(), told_plainly(folder.path, folder.database):
            _check_free(folder)
            with scratch(folder.path, UNFINISHED) as place:
                made = DataFolder(place)
                migrate(made, migrations(services), self._clock)
                with _filling(made) as filling:
                    yield filling
                self._put_in_place(made.database)

    def _put_in_place(self, made: Path) -> None:
        """What has moved away goes aside first; a crash between leaves it there, and no other."""
        sync(made)
        aside = self._folder.backups / f"before-move-{self._clock.now():%Y%m%dT%H%M%S%fZ}"
        database = self._folder.database
        for left in sorted(database.parent.glob(f"{database.name}*")):
            make_folder(aside)
            left.rename(aside / left.name)
        made.rename(database)
        sync(self._folder.path)


class _Filling(_OneFile):
    def load(self, table: Table, rows: Iterator[Row]) -> None:
        """See `Writing.load`."""
        names = [column.name for column in columns_of(table)]
        values = ", ".join("?" for _ in names)
        columns = ", ".join(f'"{name}"' for name in names)
        statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({values})'  # noqa: S608 - names of our own tables
        cursor = self.connection.connection.cursor()
        page: list[Row] = []
        for row in rows:
            page.append(as_stored(table, row))
            if len(page) == ROWS_AT_ONCE:
                cursor.executemany(statement, page)
                page.clear()
        cursor.executemany(statement, page)


@contextmanager
def _filling(made: DataFolder) -> Iterator[_Filling]:
    engine = open_engine(made.database)
    try:
        with engine.connect() as connection:
            with connection.begin():
                yield _Filling(connection)
            connection.connection.cursor().execute(
                "PRAGMA journal_mode=DELETE"
            )  # all is in one file
    finally:
        engine.dispose()


def _check_free(folder: DataFolder) -> None:
    if folder.database.exists() and find_mark(folder.database) != Mark.MOVED:
        detail = f"there is data in {folder.path} already: nothing is overwritten"
        raise CannotStart("move_used", detail, target=folder.path)


@contextmanager
def alone(folder: DataFolder) -> Iterator[None]:
    """Be the only one that moves it. Raises `CannotStart`."""
    descriptor = os.open(folder.path / MOVING_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        detail = f"{folder.path} is being moved elsewhere"
        raise CannotStart("moving", detail, source=folder.path) from error
    finally:
        os.close(descriptor)


def check_not_moved(folder: DataFolder) -> None:
    """Raises `CannotStart` where the data has moved elsewhere."""
    with told_plainly(folder.path, folder.database):
        if folder.database.is_file() and find_mark(folder.database) == Mark.MOVED:
            detail = (
                f"the data in {folder.path} has moved elsewhere: set TERTULIA_DATABASE, or let this"
                " data be used again with `tertulia move --undo`"
            )
            raise CannotStart("moved", detail, source=folder.path)


def take_up(folder: DataFolder) -> None:
    """For who has the folder and is about to write: forget a move that a crash cut short.

    Raises `CannotStart` where the data is being moved, or has moved.
    """
    check_not_moved(folder)
    if folder.database.is_file() and find_mark(folder.database) == Mark.MOVING:
        with alone(folder):
            set_mark(folder.database, Mark.NONE)


def undo(folder: DataFolder) -> None:
    """Let data that has moved away be used again, as another history: every log gets a new epoch.

    For the other side may have gone on since. A move that was cut short is forgotten, and nothing else
    changes. Raises `CannotStart`.
    """
    with told_plainly(folder.path, folder.database), alone(folder):
        if find_mark(folder.database) != Mark.MOVED:
            set_mark(folder.database, Mark.NONE)
            return
        with folder.locked():
            tell_restored(folder.database, None)
