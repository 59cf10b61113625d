"""The cluster on one machine: what dies starts again, and restarts one by one are noticed by nobody."""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tertulia.client import Tertulia
from tertulia.cluster.layout import layout
from tertulia.cluster.nats_server import NatsServer
from tertulia.cluster.postgresql import Postgresql
from tertulia.cluster.processes import Cluster, Process
from tertulia.kernel.ids import new_id
from tests.support.cast import Town, settle
from tests.support.server import SETUP_CODE, Server

pytestmark = [
    pytest.mark.split,
    pytest.mark.timeout(170),
    pytest.mark.asyncio(loop_scope="module"),
]
SECONDS = 60


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster() -> AsyncIterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="tertulia-cluster-"))
    folder.chmod(0o711)
    extra = {"TERTULIA_SETUP_CODE": SETUP_CODE}
    whole = Cluster(folder, layout(instances=1), extra=extra, durable=False)
    try:
        async with whole.running():
            yield whole
    finally:
        shutil.rmtree(folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(cluster: Cluster) -> Town:
    server = Server(cluster.folder / "none")
    server.url = cluster.url
    return await asyncio.to_thread(settle, server)


def client(cluster: Cluster, town: Town) -> Tertulia:
    """Ana's, who does not give up."""
    token = town.tokens["ana"]
    return Tertulia(cluster.url, token=token, transports=["websocket"], timeout=None)


async def said(ana: Tertulia, town: Town, marks: list[str]) -> list[str]:
    """Which of these texts the log holds, in its order."""
    log = await ana.conversations.list_messages(town.general, limit=100)
    return [each.text for each in log.items if each.text in marks]


async def test_what_dies_starts_again_and_restarts_one_by_one_lose_nothing(cluster, town):
    texts = [f"{new_id()} {when}" for when in ("antes", "mientras", "después")]
    async with client(cluster, town) as ana:
        await ana.send(town.general, texts[0])
        before = {each.part.name: each.pid for each in cluster.processes}
        cluster.process("conversations-1").kill()
        await ana.send(town.general, texts[1])
        await cluster.restart_one_by_one()
        await ana.send(town.general, texts[2])
        assert await said(ana, town, texts) == texts
    after = {each.part.name: each.pid for each in cluster.processes}
    assert not [name for name, pid in after.items() if pid in {None, before[name]}]
    assert [name for name, *_ in cluster.rows()][:2] == ["nats", "postgresql"]


# --- NATS and PostgreSQL ----------------------------------------------------------------------------


@contextmanager
def standing_still(nats: NatsServer) -> Iterator[None]:
    """It takes what it is sent, and says nothing."""
    nats.pause()
    try:
        yield
    finally:
        nats.go_on()


@contextmanager
def dead(server: NatsServer | Postgresql) -> Iterator[None]:
    """Killed, and started again only afterwards."""
    over, start = threading.Event(), server.start

    def start_later() -> None:
        over.wait(SECONDS)
        start()

    server.start = start_later
    server.kill()
    try:
        yield
    finally:
        server.start = start
        over.set()


async def is_late(process: Process, *parts: str) -> None:
    """Wait until its `/readyz` names all of these."""
    address = f"http://127.0.0.1:{process.health_port}/readyz"
    async with httpx.AsyncClient() as http, asyncio.timeout(SECONDS):
        while True:
            answer = await http.get(address)
            if set(parts) <= set(answer.json().get("late", ())):
                assert answer.status_code == 503
                return
            await asyncio.sleep(0.05)


FAULTS = {
    "NATS stands still": (lambda it: standing_still(it.nats), ["bus"], ["bus", "lease"]),
    "NATS dies": (lambda it: dead(it.nats), ["bus"], ["bus", "lease"]),
    "PostgreSQL dies": (lambda it: dead(it.postgresql), ["database"], ["lease"]),
}
"""What goes wrong, and what is late then at an owner and at a gateway."""


@pytest.mark.parametrize("name", FAULTS)
async def test_what_is_away_is_named_and_all_goes_on_by_itself(cluster, town, name):
    fault, at_owner, at_gateway = FAULTS[name]
    texts = [f"{new_id()} {when}" for when in ("antes", "mientras", "después")]
    before = {each.part.name: each.pid for each in cluster.processes}
    async with client(cluster, town) as ana:
        await ana.send(town.general, texts[0])
        with fault(cluster):
            await is_late(cluster.process("conversations-1"), *at_owner)
            await is_late(cluster.process("gateway-1"), *at_gateway)
            meanwhile = asyncio.create_task(ana.send(town.general, texts[1]))
        await asyncio.gather(*(each.ready() for each in cluster.processes))
        await meanwhile
        await ana.send(town.general, texts[2])
        assert await said(ana, town, texts) == texts
    assert {each.part.name: each.pid for each in cluster.processes} == before
