"""More than the server can do (G9): refused early, with a word of when to come back, and nothing lost.

The writer stands still for two seconds while sends keep coming at fixed times, whatever comes of those
before. What may be counted on is tested, not how fast this machine is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any

import httpx
import pytest

from tertulia.kernel.ids import new_id
from tests.support.cast import Person, Town, settle
from tests.support.server import Server, SheddingServer

PER_SECOND = 200
SECONDS = 4
STALL = "before_tx:sleep@60"
PATIENCE = 30

Send = Callable[[str], Awaitable[None]]


@pytest.fixture
def town(tmp_path) -> Iterator[Town]:
    settings = {"TERTULIA_RATE_LIMITS": "off"}
    with Server(tmp_path / "data", **settings) as server:
        town = settle(server)
        server.stop()
    with SheddingServer(tmp_path / "data", TERTULIA_FAILPOINT=STALL, **settings) as server:
        yield replace(town, server=server)


@dataclass
class Outcomes:
    """What came of each send, by the id of its message."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: dict[str, dict[str, Any]] = field(default_factory=dict)
    http_waits: list[int] = field(default_factory=list)

    async def by_socket(self, person: Person, conversation_id: str, id_: str) -> None:
        fields = {"conversation_id": conversation_id, "text": "hola", "id": id_}
        answer: Any = await person.socket.call(
            "conversations.post_message", fields, timeout=PATIENCE
        )
        if answer["ok"]:
            self.acknowledged[id_] = answer["result"]["message"]["seq"]
        else:
            self.refused[id_] = answer["error"]

    async def by_http(self, http: httpx.AsyncClient, conversation_id: str, id_: str) -> None:
        path = f"/conversations/{conversation_id}/messages"
        answer = await http.post(path, json={"text": "hola", "id": id_})
        if answer.is_success:
            self.acknowledged[id_] = answer.json()["seq"]
        else:
            self.refused[id_] = answer.json()
            self.http_waits.append(int(answer.headers["retry-after"]))


async def open_loop(senders: list[Send]) -> None:
    """Send at fixed times, in turns; wait for every answer."""
    loop = asyncio.get_running_loop()
    began, whose = loop.time(), cycle(senders)
    async with asyncio.TaskGroup() as sends:
        for number in range(PER_SECOND * SECONDS):
            await asyncio.sleep(began + number / PER_SECOND - loop.time())
            sends.create_task(next(whose)(new_id()))  # type: ignore[arg-type]


def http_of(town: Town, name: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {town.tokens[name]}"}
    url = f"{town.server.url}/api/v1"
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENCE)


async def log_of(person: Person, conversation_id: str) -> list[dict[str, Any]]:
    updates: list[dict[str, Any]] = []
    head = 1
    while len(updates) < head:
        page = await person.asks(
            "conversations.list_updates",
            conversation_id=conversation_id,
            after=len(updates),
            limit=1000,
        )
        updates += page["items"]
        head = page["head"]
    return updates


async def test_what_is_too_much_is_refused_at_once_and_nothing_is_lost(town: Town):
    outcomes = Outcomes()
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    bruno = await Person(town.server, "bruno", town.tokens["bruno"]).comes()
    async with http_of(town, "carla") as carla:
        await open_loop(
            [
                lambda id_: outcomes.by_socket(ana, town.general, id_),
                lambda id_: outcomes.by_socket(bruno, town.general, id_),
                lambda id_: outcomes.by_socket(ana, town.plaza, id_),
                lambda id_: outcomes.by_http(carla, town.general, id_),
            ]
        )
    assert len(outcomes.acknowledged) + len(outcomes.refused) == PER_SECOND * SECONDS
    assert outcomes.acknowledged
    assert outcomes.refused
    for error in outcomes.refused.values():
        told = (error["code"], error["status"], error["retryable"])
        assert told == ("overloaded", 503, True)
    on_sockets = [it for it in outcomes.refused.values() if "type" not in it]
    assert all(error["retry_after_ms"] >= 1000 for error in on_sockets)
    assert outcomes.http_waits
    assert min(outcomes.http_waits) >= 1

    updates = [*await log_of(ana, town.general), *await log_of(ana, town.plaza)]
    said = [it for it in updates if it["type"] == "message_posted"]
    found = {it["message"]["id"]: it["seq"] for it in said}
    assert len(found) == len(said)
    assert found == outcomes.acknowledged

    for id_ in outcomes.refused:
        await outcomes.by_socket(ana, town.general, id_)
    assert len(outcomes.acknowledged) == PER_SECOND * SECONDS
    await ana.goes()
    await bruno.goes()


async def test_reads_go_on_while_changes_wait(town: Town):
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    outcomes = Outcomes()
    sending = asyncio.create_task(
        open_loop([lambda id_: outcomes.by_socket(ana, town.general, id_)])
    )
    async with http_of(town, "bruno") as bruno:
        while not outcomes.refused and not sending.done():
            page = await bruno.get(f"/conversations/{town.general}/messages")
            assert page.status_code == 200
    await sending
    assert outcomes.refused
    await ana.goes()
