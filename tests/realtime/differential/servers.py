"""The two sides, each in a process of its own."""

import json
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.realtime.differential.houses import ENGINE, ORACLE
from tests.realtime.differential.wire.http import Address
from tests.realtime.serving import ROOT, Certificate, Driver


@dataclass
class Side:
    """Running servers: where each house is, and, once they have stopped, what they wrote to their error stream."""

    ports: dict[str, int]
    trust: ssl.SSLContext | None = None
    complaints: list[str] = field(default_factory=list[str])

    def at(self, house: str) -> Address:
        """Where the server of a house listens."""
        return Address(self.ports[house], self.trust)


@contextmanager
def oracle() -> Iterator[Side]:
    """The reference implementation. It may complain: hostile packets make it throw."""
    with _serving(["node", str(Path(__file__).with_name("oracle.mjs"))], ORACLE) as side:
        yield side


@contextmanager
def engine(driver: Driver, certificate: Certificate) -> Iterator[Side]:
    """Ours, under this driver."""
    command = [sys.executable, "-m", "tests.realtime.differential.application", driver.name]
    command += [str(certificate.key), str(certificate.chain)]
    with _serving(command, ENGINE) as side:
        side.trust = certificate.trust if driver.is_secure else None
        yield side


@contextmanager
def _serving(command: list[str], houses: dict[str, dict[str, Any]]) -> Iterator[Side]:
    side = Side({})
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(houses) + "\n")
        process.stdin.flush()
        try:
            side.ports |= json.loads(process.stdout.readline() or "{}")
            assert side.ports, "It does not start."
            yield side
        finally:
            process.stdin.close()
            process.wait(timeout=10)
            errors.seek(0)
            side.complaints += errors.read().splitlines()
