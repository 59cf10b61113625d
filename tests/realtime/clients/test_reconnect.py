"""A server that is killed and started again: the official client comes back as it does to its own."""

import os
import subprocess

import pytest

from tests.realtime.clients.official import HERE, SECONDS, Oracle
from tests.realtime.serving import Process

APPLICATION = "tests.realtime.clients.application:application"
RUNS = [
    ("fast", ("polling",)),
    ("fast", ("websocket",)),
    ("fast", ("polling", "websocket")),
    ("asgi", ("polling", "websocket")),
    ("tls", ("websocket",)),
]


def come_back(server, transports, certificate):
    """What happens to a client while its server is killed and started again."""
    command = ["node", "reconnect.mjs", server.url, *transports]
    trust = {"NODE_EXTRA_CA_CERTS": str(certificate.chain)}
    with (
        server,
        subprocess.Popen(
            command, cwd=HERE, env={**os.environ, **trust}, stdout=subprocess.PIPE, text=True
        ) as client,
    ):
        assert client.stdout
        lines = []
        for line in client.stdout:
            lines.append(line.strip())
            if lines[-1] == "ready":
                server.kill()
            if lines[-1].startswith("disconnected transport"):
                server.start()
        client.wait(SECONDS)
    return lines


@pytest.mark.parametrize(("driver", "transports"), RUNS, indirect=["driver"])
def test_the_official_client_comes_back(driver, transports, certificate):
    lines = come_back(Process(driver, certificate, APPLICATION), transports, certificate)
    assert lines == come_back(Oracle(), transports, certificate)
    assert '["meanwhile"]' in lines
