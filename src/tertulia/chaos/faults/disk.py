"""Disks that are full or fail."""

import errno
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self

from tertulia.chaos.faults.shim import Shim

MEBIBYTE = 1 << 20


class CannotMount(Exception):
    """A small file system can be had by root alone, where the system permits it."""


class SmallDisk:
    """A file system of its own in memory, at a folder, while it is entered."""

    def __init__(self, folder: Path, mebibytes: int = 16) -> None:
        self.folder = folder
        self._size = mebibytes

    def __enter__(self) -> Self:
        """Mount it. Raises `CannotMount`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _run("mount", "-t", "tmpfs", "-o", f"size={self._size}m", "tmpfs", str(self.folder))
        return self

    def __exit__(self, *_: object) -> None:
        """Unmount it, with all that it holds."""
        _run("umount", "-l", str(self.folder))


class FullDisk:
    """No room on the file system of a folder: what is free is taken by a file, then given back.

    Only for a `SmallDisk`: on another one everybody would suffer.
    """

    name = "disk full"

    def __init__(self, disk: SmallDisk) -> None:
        self._ballast = disk.folder / "ballast"

    async def __aenter__(self) -> None:
        """Fill it."""
        with self._ballast.open("wb") as file:
            free = os.statvfs(file.fileno())
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)

    async def __aexit__(self, *_: object) -> None:
        """Make room."""
        self._ballast.unlink()


class Quota:
    """The files of a process may not grow beyond their `bytes`; writes above fail with EFBIG.

    What can be had without being root. Reading goes on.
    """

    name = "quota"

    def __init__(self, pid: Callable[[], int], bytes_: int = 0) -> None:
        self._pid = pid
        self._bytes = bytes_
        self._limited = 0
        self._before = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    async def __aenter__(self) -> None:
        """Limit them."""
        self._limited = self._pid()
        self._before = resource.prlimit(self._limited, resource.RLIMIT_FSIZE)
        resource.prlimit(self._limited, resource.RLIMIT_FSIZE, (self._bytes, self._before[1]))

    async def __aexit__(self, *_: object) -> None:
        """Let them grow."""
        with suppress(ProcessLookupError):  # it may have been killed meanwhile
            resource.prlimit(self._limited, resource.RLIMIT_FSIZE, self._before)


Failure = Literal["sync", "write", "short"]
_SETTINGS: Mapping[Failure, Mapping[str, int]] = {
    "sync": {"sync_error": errno.EIO},
    "write": {"write_error": errno.EIO},
    "short": {"short_write": 1},
}


class FailingDisk:
    """Syncs or writes fail with EIO, or writes end in the middle."""

    def __init__(self, shim: Shim, failure: Failure) -> None:
        self.name = f"disk: {failure}"
        self._shim = shim
        self._settings = _SETTINGS[failure]

    async def __aenter__(self) -> None:
        """Fail."""
        self._shim.set(**self._settings)

    async def __aexit__(self, *_: object) -> None:
        """Work again."""
        self._shim.set(**dict.fromkeys(self._settings, 0))


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None or os.geteuid() != 0:
        raise CannotMount(f"{program} can be used by root alone")
    try:
        subprocess.run(  # noqa: S603 - our own arguments
            [found, *arguments], check=True, capture_output=True, text=True, timeout=30
        )
    except subprocess.SubprocessError as error:
        said = getattr(error, "stderr", None) or error
        raise CannotMount(f"{program}: {said}") from error
