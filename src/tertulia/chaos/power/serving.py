"""`tertulia serve` in a process: started, waited for, and ended by its own id, whatever happens."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

SECONDS = 60
SETTINGS = {"TERTULIA_RATE_LIMITS": "off", "TERTULIA_REGISTRATION": "open", "LC_ALL": "C.UTF-8"}
PRODUCT = ("tertulia",)
"""The module that Python runs; `("tertulia.chaos.mutants", NAME)` is the product with a defect."""


class DoesNotStart(Exception):
    """The server ended, or was not ready in time; with the end of what it said."""


@dataclass(frozen=True)
class Serving:
    """A server that is ready."""

    process: "subprocess.Popen[bytes]"
    url: str

    def end(self, signal: int) -> int:
        """Send a signal to it, unless it is gone already; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal)
        return self.process.wait(SECONDS)


@contextmanager
def serving(
    data: Path, log: Path, *, module: Sequence[str] = PRODUCT, tracer: Sequence[str] = ()
) -> Iterator[Serving]:
    """The server on a data folder, `tracer` before it. Raises `DoesNotStart`."""
    port = _free_port()
    options = ["--port", str(port), "--data", str(data)]
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own arguments
            [*tracer, sys.executable, "-m", *module, "serve", *options],
            cwd=log.parent,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, url, log)
        yield Serving(process, url)
    finally:
        process.kill()
        process.wait(SECONDS)


def _environment() -> dict[str, str]:
    inherited = {name: it for name, it in os.environ.items() if not name.startswith("TERTULIA_")}
    return {**inherited, **SETTINGS}


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not _is_ready(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise DoesNotStart(log.read_text("utf-8", "replace")[-2000:])
        time.sleep(0.05)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=SECONDS).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
