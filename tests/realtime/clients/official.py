"""The official client, driven from here: what it notes against a server, once for each setting."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.realtime.serving import Certificate

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
    listing = 'import("./stories.mjs").then((it) => console.log(JSON.stringify(Object.keys(it.scenarios))))'
    listed = subprocess.run(["node", "-e", listing], cwd=HERE, capture_output=True, check=True)
    return json.loads(listed.stdout)


@contextmanager
def oracle(**options: Any) -> Iterator[str]:
    """The server of npm with the same application; its address."""
    command = ["node", "oracle.mjs", json.dumps(options)]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()
