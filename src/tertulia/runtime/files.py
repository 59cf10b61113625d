"""Files that have to be there after a power cut, and folders that are gone when they are not needed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

CHUNK = 1 << 20


def sync(path: Path) -> None:
    """Bring a file's bytes, or the names in a folder, to stable storage."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """A folder, and those above it that are missing, each for its user alone."""
    for missing in reversed([each for each in (path, *path.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def write_durably(path: Path, text: str) -> None:
    """A small file that is there whole or not at all, whatever happens; only its user reads it."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_text(text, "utf-8")
        unfinished.chmod(0o600)
        sync(unfinished)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync(path.parent)


def copy_durably(source: Path, target: Path) -> str:
    """Copy a file to stable storage; the SHA-256 of what was copied."""
    digest = sha256()
    make_folder(target.parent)
    private = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(private, "wb") as writing, source.open("rb") as reading:
        while chunk := reading.read(CHUNK):
            digest.update(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as reading:
        while chunk := reading.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def scratch(folder: Path, prefix: str) -> Iterator[Path]:
    """A new folder in this one, gone at the end; those that a killed process left go too."""
    for left in folder.glob(f"{prefix}*"):
        _remove_unused(left)
    made = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    lock = os.open(made, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield made
    finally:
        os.close(lock)
        shutil.rmtree(made, ignore_errors=True)


def _remove_unused(left: Path) -> None:
    lock = os.open(left, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(left, ignore_errors=True)
    finally:
        os.close(lock)
