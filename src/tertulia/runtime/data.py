"""The data folder: one process has it at a time, and what it holds is copied before it is changed."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from errno import errorcode
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from tertulia.kernel.clock import Clock
from tertulia.kit import failpoints
from tertulia.kit.db.copies import copy_database
from tertulia.kit.db.migrations import DatabaseNewer, Migrations
from tertulia.kit.db.sqlite import open_engine
from tertulia.runtime.files import sync
from tertulia.runtime.switch import finish

KEPT_BACKUPS = 3
FULL = {"errno": "ENOSPC", "reason": "the disk is full"}
log = structlog.get_logger(__name__)


class CannotStart(Exception):
    """Why this process cannot run: English `detail`, and `code` and `params` for who words it."""

    def __init__(self, code: str, detail: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(detail)


class InUse(CannotStart):
    """Another process has the data folder."""


@dataclass(frozen=True)
class DataFolder:
    """What a server keeps, readable by its user alone."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file of all services."""
        return self.path / "tertulia.db"

    @property
    def backups(self) -> Path:
        """Copies of the database from before it was migrated."""
        return self.path / "backups"

    @property
    def admin_socket(self) -> Path:
        """Where the running server hears its operator."""
        return self.path / "admin.sock"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Have the folder alone; made where it is missing, a restore that a crash cut short is finished.

        Raises `InUse`.
        """
        descriptor = self._open_lock()
        try:
            self._lock(descriptor)
            with told_plainly(self.path, self.database):
                finish(self.path)  # first: on a full disk this makes the room to write the next
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield
        finally:
            os.close(descriptor)

    def _open_lock(self) -> int:
        with told_plainly(self.path, self.database):
            self._make()
            return os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _make(self) -> None:
        """What is acknowledged is lost with the folder unless its own name is kept too."""
        missing = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in missing:
            sync(folder.parent)

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "?"
            detail = f"process {holder} is using {self.path}"
            raise InUse("in_use", detail, process=holder, folder=self.path) from error


def told_by_system(error: OSError) -> dict[str, str]:
    """`errno` by its name, and `reason`, which is English."""
    code = error.errno or 0
    return {"errno": errorcode.get(code, ""), "reason": os.strerror(code) if code else str(error)}


@contextmanager
def told_plainly(folder: Path, database: Path) -> Iterator[None]:
    """Turn what the disk of a folder, and SQLite about a database, refuse into `CannotStart`."""
    try:
        yield
    except OSError as error:
        raise cannot_use(folder, told_by_system(error)) from error
    except (DatabaseError, sqlite3.Error) as error:
        reason = error.orig if isinstance(error, DatabaseError) else error
        if getattr(reason, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            raise cannot_use(folder, FULL) from error
        detail = f"cannot open {database}: {reason}"
        raise CannotStart("database", detail, database=database, reason=reason) from error


def cannot_use(folder: Path, told: Mapping[str, str]) -> CannotStart:
    """What the system told of a folder, as `told_by_system` words it."""
    return CannotStart("folder", f"cannot use {folder}: {told['reason']}", folder=folder, **told)


def migrate(
    folder: DataFolder, migrations: Sequence[Migrations], clock: Clock
) -> dict[str, list[str]]:
    """Bring the database to this version: what was applied, by service.

    Data that is there already is copied first. `CannotStart` when it is newer than this program.
    """
    with told_plainly(folder.path, folder.database):
        folder.database.touch(mode=0o600)
        engine = open_engine(folder.database)
        try:
            pending = _pending(engine, migrations)
            if any(pending.values()) and _has_data(engine, migrations):
                back_up(folder, clock.now())
            return {service.service: _upgrade(engine, service) for service in migrations}
        finally:
            engine.dispose()


def back_up(folder: DataFolder, moment: datetime) -> Path:
    """A copy of the database as it is now, whole or not at all; the last three are kept."""
    folder.backups.mkdir(mode=0o700, exist_ok=True)
    copy = folder.backups / f"tertulia-{moment:%Y%m%dT%H%M%S%fZ}.db"
    unfinished = copy.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    copy_database(folder.database, unfinished)
    sync(unfinished)
    unfinished.rename(copy)
    sync(folder.backups)
    for stale in sorted(folder.backups.glob("tertulia-*.db"))[:-KEPT_BACKUPS]:
        stale.unlink()
    log.info("backed_up", copy=str(copy))
    return copy


def _pending(engine: Engine, migrations: Sequence[Migrations]) -> dict[str, list[str]]:
    try:
        with engine.connect() as connection:
            return {service.service: service.pending(connection) for service in migrations}
    except DatabaseNewer as error:
        detail = f"the database is newer than this program: {error}"
        raise CannotStart("newer", detail, **vars(error)) from error


def _has_data(engine: Engine, migrations: Sequence[Migrations]) -> bool:
    with engine.connect() as connection:
        return any(service.current(connection) is not None for service in migrations)


def _upgrade(engine: Engine, service: Migrations) -> list[str]:
    with engine.begin() as connection:
        applied = service.upgrade(connection)
        if applied:
            failpoints.reach("mid_migration")
    if applied:
        log.info("migrated", service=service.service, revisions=applied)
    return applied
