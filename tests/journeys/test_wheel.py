"""The wheel alone, in an empty environment without Node, serves the whole product."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.server import Server

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")

pytestmark = pytest.mark.timeout(300)


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True, timeout=240)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of programs that holds nothing but Python, the wheel and what it depends on."""
    folder = tmp_path_factory.mktemp("environment")
    run(UV, "venv", "--quiet", "--python", sys.executable, folder)
    python = folder / "bin" / "python"
    install = (UV, "pip", "install", "--quiet", "--python", python)
    run(*install, "--require-hashes", "-r", ROOT / "requirements.lock")
    run(*install, "--no-deps", "--no-index", wheel)
    return folder / "bin"


class InstalledServer(Server):
    """`tertulia serve` of the wheel: nothing else is on its path."""

    def __init__(self, environment: Path, data: Path) -> None:
        super().__init__(data)
        self._programs = environment

    def command(self) -> list[str]:
        own = super().command()
        return [str(self._programs / "tertulia"), *own[own.index("serve") :]]

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "PATH": str(self._programs)}


@pytest.fixture(scope="module")
def site(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that runs from the wheel."""
    with InstalledServer(environment, tmp_path_factory.mktemp("elsewhere") / "data") as server:
        yield server.url


def test_it_is_alive(site: str):
    assert httpx.get(f"{site}/healthz").is_success


def test_it_tells_about_itself(site: str):
    answer = httpx.get(f"{site}/api/v1/server").json()
    assert answer["setup_required"] is True
    assert answer["protocol"] == 1


def test_it_serves_the_web_app(site: str):
    page = httpx.get(f"{site}/")
    assert page.headers["content-type"].startswith("text/html")
    scripts = re.findall(r'src="(/[^"]+\.js)"', page.text)
    assert scripts
    assert all(httpx.get(site + script).is_success for script in scripts)


def test_it_holds_the_migrations_and_nothing_of_the_checkout(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    for service in ("accounts", "conversations"):
        assert any(name.startswith(f"tertulia/{service}/migrations/") for name in names)
    assert "tertulia/gateway/static/index.html" in names
    assert "tertulia/py.typed" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tertulia"}
