"""The folder that the benchmarks build and run in, and what is built there: C programs, npm packages."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
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

    @property
    def generator(self) -> Path:
        """The load generator."""
        return self.folder / "generator"

    @property
    def null_server(self) -> Path:
        """The server that does nothing but write."""
        return self.folder / "null_server"

    @property
    def node_server(self) -> Path:
        """The npm peer, beside its packages."""
        return self.folder / "npm" / "socketio.mjs"

    def build_generator(self) -> None:
        """Compile it. Raises `CannotMeasure`."""
        self._compile(
            self.generator, [path for path in SOURCES.glob("*.c") if path.stem != "null_server"]
        )

    def build_null_server(self) -> None:
        """Compile it. Raises `CannotMeasure`."""
        self._compile(self.null_server, [SOURCES / f"{name}.c" for name in NULL_SERVER])

    def install_node_server(self) -> None:
        """Install its packages. Raises `CannotMeasure`."""
        for program in ("node", "npm"):
            if shutil.which(program) is None:
                raise CannotMeasure("node", f"{program} is missing", program=program)
        folder = self.node_server.parent
        folder.mkdir(exist_ok=True)
        for name in ("package.json", "socketio.mjs"):
            shutil.copy(SERVERS / name, folder / name)
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
        _run("installing", install, folder, INSTALL_SECONDS)

    def python(self, name: str) -> str:
        """The interpreter of an environment that `install_python` has made."""
        return str(self.folder / "venv" / name / "bin" / "python")

    def install_python(self, name: str, package: str) -> None:
        """Install a package of PyPI in an environment of its own, once. Raises `CannotMeasure`."""
        python = Path(self.python(name))
        if not python.exists():
            venv.create(python.parent.parent, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", package]
        _run("installing", install, self.folder, INSTALL_SECONDS)

    def packages(self, name: str) -> Path:
        """A folder of packages that `install_packages` has made, for `PYTHONPATH`."""
        return self.folder / "packages" / name

    def install_packages(self, name: str, *packages: str) -> None:
        """Install packages of PyPI where only who is told finds them, once. Raises `CannotMeasure`."""
        folder = self.packages(name)
        if not folder.exists():
            install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
            _run("installing", [*install, *packages], self.folder, INSTALL_SECONDS)

    def scratch(self, name: str) -> Path:
        """An empty folder of this name."""
        path = self.folder / "scratch" / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def _compile(self, target: Path, sources: Sequence[Path]) -> None:
        compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise CannotMeasure("compiler", "a C compiler is missing: cc, gcc or what CC names")
        command = [compiler, "-O2", "-std=c11", "-o", str(target), *map(str, sources), "-lm"]
        _run("compiling", command, self.folder, BUILD_SECONDS)


def _run(code: str, command: Sequence[str], folder: Path, seconds: float) -> None:
    try:
        subprocess.run(  # noqa: S603 - our own arguments
            command, cwd=folder, check=True, timeout=seconds, capture_output=True, text=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", None) or error).strip()
        raise CannotMeasure(code, f"{command[0]}: {said}", reason=said) from error
