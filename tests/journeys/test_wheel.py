"""The wheel alone, in an empty environment without Node, serves the whole product."""

import os
import re
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")
DEADLINE_SECONDS = 30

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


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("the server was not ready in time")


@pytest.fixture(scope="module")
def site(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that runs from the wheel."""
    folder = tmp_path_factory.mktemp("elsewhere")
    port = free_port()
    server = subprocess.Popen(
        [environment / "tertulia", "serve", "--port", str(port), "--data", folder / "data"],
        cwd=folder,
        env={"PATH": str(environment), "HOME": str(folder), "LANG": os.environ.get("LANG", "C")},
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(20)


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
