"""The two sides, each in a process of its own."""

import json
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.realtime.differential.houses import ENGINE, ORACLE
from tests.realtime.differential.wire.http import Address

HERE = Path(__file__).parent
CERTIFICATE = HERE / "localhost.pem"
FAST = "tertulia.realtime.uvicorn_driver:WebSocketProtocol"

Stage = Callable[[str], Address]
"""Where the server of a house listens."""


@contextmanager
def oracle() -> Iterator[Stage]:
    """The reference implementation. It may complain: hostile packets make it throw."""
    with _serving(["node", str(HERE / "oracle.mjs")], ORACLE) as (ports, _):
        yield lambda house: Address(ports[house])


@contextmanager
def engine(ws: str, *, tls: bool = False) -> Iterator[Stage]:
    """Ours, under Uvicorn with this driver of WebSockets.

    Raises:
        AssertionError: It wrote something to its error stream, such as a traceback.
    """
    command = [sys.executable, str(HERE / "application.py"), "--ws", ws]
    context = None
    if tls:
        command += ["--certificate", str(CERTIFICATE)]
        context = ssl.create_default_context(cafile=CERTIFICATE)
        context.check_hostname = False
    with _serving(command, ENGINE) as (ports, complaints):
        yield lambda house: Address(ports[house], context)
    assert not complaints


@contextmanager
def _serving(
    command: list[str], houses: dict[str, dict[str, Any]]
) -> Iterator[tuple[dict[str, int], list[str]]]:
    complaints: list[str] = []
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(houses) + "\n")
        process.stdin.flush()
        ports = process.stdout.readline()
        try:
            if ports:
                yield json.loads(ports), complaints
        finally:
            process.stdin.close()
            process.wait(timeout=10)
            errors.seek(0)
            complaints += errors.read().splitlines()
    assert ports, "\n".join(complaints)
