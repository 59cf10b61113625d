"""The two sides, each in a process of its own."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.realtime.differential.houses import ENGINE, ORACLE
from tests.realtime.differential.wire.http import Address
from tests.realtime.serving import ROOT, Certificate, Driver

Stage = Callable[[str], Address]
"""Where the server of a house listens."""


@contextmanager
def oracle() -> Iterator[Stage]:
    """The reference implementation. It may complain: hostile packets make it throw."""
    with _serving(["node", str(Path(__file__).with_name("oracle.mjs"))], ORACLE) as (ports, _):
        yield lambda house: Address(ports[house])


@contextmanager
def engine(driver: Driver, certificate: Certificate) -> Iterator[Stage]:
    """Ours, under this driver.

    Raises:
        AssertionError: It wrote something to its error stream, such as a traceback.
    """
    command = [sys.executable, "-m", "tests.realtime.differential.application", driver.name]
    command += [str(certificate.key), str(certificate.chain)]
    trust = certificate.trust if driver.is_secure else None
    with _serving(command, ENGINE) as (ports, complaints):
        yield lambda house: Address(ports[house], trust)
    assert not complaints


@contextmanager
def _serving(
    command: list[str], houses: dict[str, dict[str, Any]]
) -> Iterator[tuple[dict[str, int], list[str]]]:
    complaints: list[str] = []
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
