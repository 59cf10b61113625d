"""`tertulia backup`: a copy of the whole data folder, of one moment, while the server runs (docs/adr/0022)."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from shutil import disk_usage

from tertulia import __version__
from tertulia.kernel.clock import Clock
from tertulia.kit.db.copies import copy_database, read_contents, read_revisions
from tertulia.kit.db.snapshots import snapshot
from tertulia.runtime.data import FULL, CannotStart, DataFolder, cannot_use, told_plainly
from tertulia.runtime.files import copy_durably, file_digest, make_folder, scratch, sync
from tertulia.runtime.manifest import (
    FORMAT,
    FileFacts,
    LogFacts,
    Manifest,
    TableFacts,
    write_manifest,
)
from tertulia.runtime.services import upkeeps
from tertulia.runtime.switch import kept_names

UNFINISHED = ".tertulia-backup-"


def take_backup(data: Path, target: Path, clock: Clock) -> Manifest:
    """Make the folder `target`, with all that is needed to restore: whole and durable, or not at all.

    The server may run, and does not wait. Raises `CannotStart`; nothing is left half.
    """
    folder = DataFolder(data)
    _check(folder, target)
    with told_plainly(target, folder.database):
        make_folder(target.parent)
        with scratch(target.parent, UNFINISHED) as unfinished:
            _check_room(folder, target)
            manifest = _fill(folder, unfinished, clock.now())
            unfinished.rename(target)
            sync(target.parent)
    return manifest


def _check(folder: DataFolder, target: Path) -> None:
    if not folder.database.is_file():
        raise CannotStart("no_data", f"there is no database in {folder.path}", folder=folder.path)
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        detail = f"{target} is there already: nothing is overwritten"
        raise CannotStart("backup_exists", detail, folder=target)
    if target.resolve().is_relative_to(folder.path.resolve()):
        detail = f"{target} is in the data folder, and would be lost with it"
        raise CannotStart("backup_inside", detail, folder=target)


def _check_room(folder: DataFolder, target: Path) -> None:
    """Refused before anything is written, where it can be known."""
    if disk_usage(target.parent).free < folder.database.stat().st_size:
        raise cannot_use(target, FULL)


def _fill(folder: DataFolder, unfinished: Path, now: datetime) -> Manifest:
    """The database first: what its rows name is written before them, so the files hold it."""
    copy = unfinished / folder.database.name
    copy.touch(mode=0o600)
    copy_database(folder.database, copy)
    sync(copy)
    logs = _logs(copy)
    files = {copy.name: FileFacts(bytes=copy.stat().st_size, sha256=file_digest(copy))}
    for path in _other_files(folder):
        name = path.relative_to(folder.path).as_posix()
        digest = copy_durably(path, unfinished / name)
        files[name] = FileFacts(bytes=(unfinished / name).stat().st_size, sha256=digest)
    manifest = Manifest(
        format=FORMAT,
        product=__version__,
        created_at=now,
        revisions=read_revisions(copy),
        logs=logs,
        tables={name: TableFacts(**asdict(it)) for name, it in read_contents(copy).items()},
        files=files,
    )
    for made in unfinished.rglob("*"):
        if made.is_dir():
            sync(made)
    write_manifest(unfinished, manifest)
    return manifest


def _logs(copy: Path) -> dict[str, LogFacts]:
    with snapshot(copy) as connection:
        return {
            key: LogFacts(epoch=epoch, head=head)
            for upkeep in upkeeps()
            if upkeep.heads is not None
            for key, (epoch, head) in upkeep.heads(connection).items()
        }


def _other_files(folder: DataFolder) -> Iterator[Path]:
    """All but the database and what is of the moment; links lead elsewhere and are left out."""
    for name in kept_names(folder.path):
        top = folder.path / name
        if name.startswith(folder.database.name):
            continue
        for path in [top, *sorted(top.rglob("*"))]:
            if path.is_file() and not path.is_symlink():
                yield path
