"""`manifest.json` of a backup: what it holds, so that a restore can tell whether it is all there."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from tertulia.runtime.data import CannotStart
from tertulia.runtime.files import write_durably
from tertulia.runtime.switch import is_kept

NAME = "manifest.json"
FORMAT = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _checked(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not is_kept(path.parts[0] if path.parts else ""):
        raise ValueError("not the name of something in a data folder that is kept")
    return name


FileName = Annotated[str, AfterValidator(_checked)]
"""Where a file stands in the data folder: within it, and nothing of the moment, so that a restore may copy it."""


class FileFacts(_Part):
    """A file of a backup."""

    bytes: int
    sha256: str


class TableFacts(_Part):
    """A table of its database: SHA-256 of the rows in the order of the primary key."""

    rows: int
    sha256: str


class LogFacts(_Part):
    """Where a conversation's log stood, and in which epoch: a restore starts another."""

    epoch: str
    head: int


class Manifest(_Part):
    """All of a backup. `created_at` is a moment before which everything acknowledged is in it."""

    format: int
    product: str
    """The version that made it."""
    created_at: datetime
    revisions: Mapping[str, str]
    """The revision of each service's tables."""
    logs: Mapping[str, LogFacts]
    tables: Mapping[str, TableFacts]
    files: Mapping[FileName, FileFacts]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables.values())

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files.values())


class _AnyFormat(BaseModel):
    format: int


def write_manifest(backup: Path, manifest: Manifest) -> None:
    """The last file of a backup."""
    write_durably(backup / NAME, manifest.model_dump_json(indent=2) + "\n")


def read_manifest(backup: Path) -> Manifest:
    """What a backup says of itself. Raises `CannotStart`."""
    try:
        text = (backup / NAME).read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError) as error:
        detail = f"there is no backup in {backup}"
        raise CannotStart("no_backup", detail, folder=backup) from error
    try:
        _check_format(backup, _AnyFormat.model_validate_json(text).format)
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise damaged(backup, NAME) from error


def damaged(backup: Path, what: str) -> CannotStart:
    """A file or a table that is not as the manifest says."""
    detail = f"the backup in {backup} is damaged: {what} is not as it was"
    return CannotStart("backup_damaged", detail, folder=backup, what=what)


def _check_format(backup: Path, number: int) -> None:
    if number != FORMAT:
        detail = f"the backup in {backup} has format {number}, which this version does not know"
        raise CannotStart("backup_format", detail, folder=backup, format=number)
