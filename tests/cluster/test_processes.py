"""The cluster on one machine: what dies starts again, and restarts one by one are noticed by nobody."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest

from tertulia.client import Tertulia
from tertulia.cluster.layout import layout
from tertulia.cluster.processes import Cluster
from tests.support.cast import settle
from tests.support.server import SETUP_CODE, Server

pytestmark = [pytest.mark.split, pytest.mark.timeout(170)]


@pytest.fixture
async def cluster():
    folder = Path(tempfile.mkdtemp(prefix="tertulia-cluster-"))
    folder.chmod(0o711)
    extra = {"TERTULIA_SETUP_CODE": SETUP_CODE}
    whole = Cluster(folder, layout(instances=1), extra=extra, durable=False)
    try:
        async with whole.running():
            yield whole
    finally:
        shutil.rmtree(folder)


async def test_what_dies_starts_again_and_restarts_one_by_one_lose_nothing(cluster):
    server = Server(cluster.folder / "none")
    server.url = cluster.url
    town = await asyncio.to_thread(settle, server)
    token, place = town.tokens["ana"], town.general
    async with Tertulia(cluster.url, token=token, transports=["websocket"], timeout=None) as ana:
        await ana.send(place, "antes")
        before = {each.part.name: each.pid for each in cluster.processes}
        cluster.process("conversations-1").kill()
        await ana.send(place, "mientras")
        await cluster.restart_one_by_one()
        await ana.send(place, "después")
        log = await ana.conversations.list_messages(place, limit=100)
    assert [each.text for each in log.items] == ["antes", "mientras", "después"]
    after = {each.part.name: each.pid for each in cluster.processes}
    assert not [name for name, pid in after.items() if pid in {None, before[name]}]
    assert [name for name, *_ in cluster.rows()][:2] == ["nats", "postgresql"]
