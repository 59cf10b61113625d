"""A library that is preloaded into the server: through it, its disk fails and its clock jumps.

Our own and not libfaketime, because it is there wherever a C compiler is, leaves monotonic time alone, and
can be told at any moment.
"""

import mmap
import os
import shutil
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self

SOURCE = Path(__file__).with_name("shim.c")
COMPILE_SECONDS = 60
_PAGE = struct.Struct("qiiii")
"""`struct page` of shim.c."""


class CannotBuild(Exception):
    """There is no C compiler, or it refuses."""


class Shim:
    """What goes wrong in the servers that were started with `environment`.

    Build it once, in a folder of its own; use it as a context. Times are nanoseconds, errors are `errno`.
    """

    def __init__(self, folder: Path, data: Path) -> None:
        """`data` is the folder whose files may fail. Raises `CannotBuild`."""
        self._library = folder / "shim.so"
        self._page = folder / "shim.page"
        self._data = data
        self._values = {"clock_shift": 0, "sync_error": 0, "write_error": 0, "short_write": 0}
        folder.mkdir(parents=True, exist_ok=True)
        _compile(self._library)
        self._page.write_bytes(bytes(mmap.PAGESIZE))

    def __enter__(self) -> Self:
        """Share the page."""
        with self._page.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave it as it is: servers may still read it."""
        self._shared.close()

    @property
    def environment(self) -> Mapping[str, str]:
        """With what a server has to be started."""
        return {
            "LD_PRELOAD": str(self._library.resolve()),
            "CHAOS_SHIM_PAGE": str(self._page.resolve()),
            "CHAOS_SHIM_FOLDER": str(self._data.resolve()),
        }

    @property
    def struck(self) -> int:
        """How many system calls were made to fail."""
        return int(_PAGE.unpack_from(self._shared)[-1])

    def set(self, **values: int) -> None:
        """Change `clock_shift`, `sync_error`, `write_error` or `short_write`, at once."""
        self._values |= values
        _PAGE.pack_into(self._shared, 0, *self._values.values(), self.struck)


class ClockJump:
    """The server's clock is ahead or behind by so many seconds, then right again: two jumps."""

    def __init__(self, shim: Shim, seconds: float) -> None:
        self.name = f"clock {seconds:+.0f} s"
        self._shim = shim
        self._seconds = seconds

    async def __aenter__(self) -> None:
        """Jump."""
        self._shim.set(clock_shift=round(self._seconds * 1e9))

    async def __aexit__(self, *_: object) -> None:
        """Jump back."""
        self._shim.set(clock_shift=0)


def _compile(library: Path) -> None:
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise CannotBuild("a C compiler is missing: cc, gcc or what CC names")
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"]
    try:
        subprocess.run(  # noqa: S603 - our own arguments
            command, check=True, timeout=COMPILE_SECONDS, capture_output=True, text=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", None) or error).strip()
        raise CannotBuild(f"{compiler}: {said}") from error
