"""The folder that the benchmarks build and run in, and what is built there: C programs, npm packages."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tertulia.bench.errors import CannotMeasure

HERE = Path(__file__).parent
SOURCES = HERE / "generator"
SERVERS = HERE / "servers"
NULL_SERVER = ("null_server", "loop", "buffer", "websocket", "process")
BUILD_SECONDS = 120
INSTALL_SECONDS = 300


@dataclass(frozen=True)
class Workshop:
    """Where everything of a run is built, kept and logged."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    @cached_property
    def generator(self) -> Path:
        """The load generator, compiled. Raises `CannotMeasure`."""
        sources = [path for path in SOURCES.glob("*.c") if path.stem != "null_server"]
        return self._compile("generator", sources)

    @cached_property
    def null_server(self) -> Path:
        """The server that does nothing but write, compiled. Raises `CannotMeasure`."""
        return self._compile("null_server", [SOURCES / f"{name}.c" for name in NULL_SERVER])

    @cached_property
    def node_server(self) -> Path:
        """The npm peer with its packages installed. Raises `CannotMeasure`."""
        for program in ("node", "npm"):
            if shutil.which(program) is None:
                raise CannotMeasure("node", f"{program} is missing", program=program)
        folder = self.folder / "npm"
        folder.mkdir(exist_ok=True)
        for name in ("package.json", "socketio.mjs"):
            shutil.copy(SERVERS / name, folder / name)
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
        _run("installing", install, folder, INSTALL_SECONDS)
        return folder / "socketio.mjs"

    def scratch(self, name: str) -> Path:
        """An empty folder of this name."""
        path = self.folder / "scratch" / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def _compile(self, name: str, sources: Sequence[Path]) -> Path:
        compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise CannotMeasure("compiler", "a C compiler is missing: cc, gcc or what CC names")
        target = self.folder / name
        command = [compiler, "-O2", "-std=c11", "-o", str(target), *map(str, sources), "-lm"]
        _run("compiling", command, self.folder, BUILD_SECONDS)
        return target


def _run(code: str, command: Sequence[str], folder: Path, seconds: float) -> None:
    try:
        subprocess.run(  # noqa: S603 - our own arguments
            command, cwd=folder, check=True, timeout=seconds, capture_output=True, text=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", None) or error).strip()
        raise CannotMeasure(code, f"{command[0]}: {said}", reason=said) from error
