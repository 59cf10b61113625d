"""Everybody receives what is emitted to it in the order of the emits: rooms, direct events, answers.

Clients come by long-polling, by WebSocket and by upgrades that are in flight meanwhile; events are with
and without bytes, in two namespaces of each connection.
"""

import json
import os
import subprocess

import pytest

from tests.realtime.clients.director import Director, count_kinds, first_difference
from tests.realtime.clients.official import HERE, SECONDS

COUNT = 16
RUNS = [("fast", 1), ("fast", 2), ("asgi", 3), ("asgi", 4), ("asyncio", 5), ("tls", 6)]


@pytest.mark.parametrize(("driver", "seed"), RUNS, indirect=["driver"])
def test_everybody_receives_everything_in_order(driver, seed, host_of, certificate, quiet):
    director = Director(seed, COUNT, steps=400)
    host = host_of(driver)
    host.app = director.application(driver.library())
    crowd = subprocess.run(
        ["node", "crowd.mjs", host.url, str(COUNT)],
        cwd=HERE,
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(certificate.chain)},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert crowd.returncode == 0, crowd.stderr.decode()
    assert min(count_kinds(director.guests).values()) > 20
    for name, received in enumerate(json.loads(crowd.stdout)):
        due = director.guests[name].due
        assert received == due, first_difference(received, due)
