"""`tertulia restore`: the data of a backup in place of what is there, in a new epoch (docs/adr/0022).

All of it is done beside first: copied, compared with the manifest, migrated, given its new epochs, checked,
opened. A trial ends there, and so has taken as long as the real one will; that goes on by an exchange
which a crash leaves undone or done.
"""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from tertulia.kernel.clock import Clock
from tertulia.kit.db.copies import Contents, read_contents
from tertulia.kit.db.snapshots import INTEGRITY, snapshot
from tertulia.runtime.data import CannotStart, DataFolder, migrate, told_plainly
from tertulia.runtime.files import copy_durably, scratch
from tertulia.runtime.fsck import Report, check
from tertulia.runtime.histories import tell_restored
from tertulia.runtime.instance import opened
from tertulia.runtime.manifest import Manifest, damaged, read_manifest
from tertulia.runtime.services import migrations
from tertulia.runtime.settings import Settings
from tertulia.runtime.switch import kept_names, made_ready, switch

TRIAL = ".restore-trial-"


@dataclass(frozen=True)
class Restored:
    """How a restore, or a trial of one, went."""

    manifest: Manifest
    report: Report
    """What `fsck` finds in it."""
    sessions_kept: bool
    """Whether sessions and passwords are those of before; else everybody has to sign in again."""
    seconds: float
    kept: Path | None = None
    """Where the data of before is now."""


def try_restore(backup: Path, settings: Settings, clock: Clock) -> Restored:
    """Restore into a folder that is removed again; the server may run, and nothing is changed.

    Raises `CannotStart` where the backup cannot be restored.
    """
    began = time.monotonic()
    place = _existing(settings.data)
    with told_plainly(place, DataFolder(settings.data).database), scratch(place, TRIAL) as aside:
        manifest, report, sessions_kept = _prepare(backup, aside, settings, clock)
    return Restored(manifest, report, sessions_kept, time.monotonic() - began)


def restore(backup: Path, settings: Settings, clock: Clock) -> Restored:
    """Put the data of a backup in place of what is there; that is kept in `backups/`.

    The server must be stopped. Raises `CannotStart`; whatever ends it before the exchange is decided
    leaves the data folder as it was, and from then on the next start finishes it.
    """
    began = time.monotonic()
    read_manifest(backup)  # before a data folder is made for it
    folder = DataFolder(settings.data)
    aside = f"before-restore-{clock.now():%Y%m%dT%H%M%S%fZ}"
    with (
        folder.locked(),
        told_plainly(folder.path, folder.database),
        made_ready(folder.path) as ready,
    ):
        had_data = bool(kept_names(folder.path))
        manifest, report, sessions_kept = _prepare(backup, ready, settings, clock)
        switch(folder.path, aside)
    kept = folder.backups / aside if had_data else None
    return Restored(manifest, report, sessions_kept, time.monotonic() - began, kept)


def _prepare(
    backup: Path, place: Path, settings: Settings, clock: Clock
) -> tuple[Manifest, Report, bool]:
    """All of a restore but the exchange, in a folder that nobody uses."""
    manifest = read_manifest(backup)
    _copy(backup, manifest, place)
    folder = DataFolder(place)
    migrate(folder, migrations(), clock)
    with _earlier(settings.data) as earlier:
        sessions_kept = _follow(folder.database, earlier)
    report = check(place)
    if INTEGRITY.name in report.names:
        raise damaged(backup, folder.database.name)
    asyncio.run(_open(settings.model_copy(update={"data": place})))
    return manifest, report, sessions_kept


def _copy(backup: Path, manifest: Manifest, place: Path) -> None:
    """Every file and every table, compared with what the manifest says."""
    for name, facts in manifest.files.items():
        if copy_durably(_source(backup, name), place / name) != facts.sha256:
            raise damaged(backup, name)
    found = _contents(backup, DataFolder(place).database)
    for name, facts in manifest.tables.items():
        contents = found.get(name)
        if contents is None or (contents.rows, contents.sha256) != (facts.rows, facts.sha256):
            raise damaged(backup, name)


def _contents(backup: Path, copy: Path) -> dict[str, Contents]:
    try:
        return read_contents(copy)
    except sqlite3.Error as error:
        raise damaged(backup, copy.name) from error


def _source(backup: Path, name: str) -> Path:
    """A file of the backup itself: a link in it may lead to whatever the operator can read."""
    source = backup / name
    if not source.is_file() or source.resolve() != backup.resolve() / name:
        raise damaged(backup, name)
    return source


def _follow(database: Path, earlier: Connection | None) -> bool:
    """Let every service follow the restore, in one transaction; whether by the data of before."""
    if earlier is None:
        tell_restored(database, None)
        return False
    try:
        tell_restored(database, earlier)
    except DatabaseError:  # pages of before that cannot be read: the reason to restore, perhaps
        tell_restored(database, None)
        return False
    return True


@contextmanager
def _earlier(data: Path) -> Iterator[Connection | None]:
    """The data that is there before, where this version can read it."""
    with ExitStack() as stack:
        try:
            yield _read_earlier(data, stack)
        finally:
            stack.close()


def _read_earlier(data: Path, stack: ExitStack) -> Connection | None:
    database = DataFolder(data).database
    if not database.is_file():
        return None
    try:
        connection = stack.enter_context(snapshot(database))
        current = all(not service.pending(connection) for service in migrations())
    except (DatabaseError, CannotStart):
        return None
    return connection if current else None


async def _open(settings: Settings) -> None:
    """Start every service on it, and stop them."""
    async with opened(settings) as instance:
        await instance.house.consumed()


def _existing(data: Path) -> Path:
    """Where a trial has the same disk: the data folder, or the nearest one above it that is there."""
    return next(folder for folder in (data, *data.absolute().parents) if folder.is_dir())
