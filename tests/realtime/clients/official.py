"""The official client, driven from here: what it notes against a server, once for each setting."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Self

from tests.realtime.serving import Certificate, free_port

HERE = Path(__file__).parent
SECONDS = 60

Notes = dict[str, list[Any]]


def play(url: str, setting: str, certificate: Certificate, *chosen: str) -> Notes:
    """What each scenario noted, against the server at an address."""
    played = subprocess.run(
        ["node", "scenarios.mjs", url, setting, *chosen],
        cwd=HERE,
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(certificate.chain)},
        timeout=SECONDS,
        capture_output=True,
        check=False,
    )
    assert played.returncode == 0, played.stderr.decode()
    return json.loads(played.stdout)


def names() -> list[str]:
    """The scenarios."""
    listing = """import("./stories.mjs").then(({ scenarios, alone }) =>
        console.log(JSON.stringify(Object.keys({ ...scenarios, ...alone }))))"""
    listed = subprocess.run(["node", "-e", listing], cwd=HERE, capture_output=True, check=True)
    return json.loads(listed.stdout)


class Oracle:
    """The server of npm with the same application, in a process that can be killed."""

    def __init__(self, **options: Any) -> None:
        self.port = free_port()
        self._command = ["node", "oracle.mjs", json.dumps(options), str(self.port)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(self._command, cwd=HERE, stdout=subprocess.PIPE)
        assert self._process.stdout
        assert int(self._process.stdout.readline()) == self.port

    def kill(self) -> None:
        """SIGKILL: nobody is told."""
        assert self._process
        assert self._process.stdout
        self._process.kill()
        self._process.wait(SECONDS)
        self._process.stdout.close()
