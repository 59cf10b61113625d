"""Three kinds of client say and hear the same."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tertulia.chaos.clients.http import HttpClient
from tertulia.chaos.clients.npm import NodeClients
from tertulia.chaos.clients.raw import RawSocket
from tertulia.chaos.simulation.network import Cut, Refused
from tertulia.kernel.ids import new_id
from tests.support.cast import Town

PACKAGES = Path(__file__).parents[2] / "realtime" / "differential"
POST = "conversations.post_message"


class Ear:
    """What one connection heard, in order."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    def __call__(self, name: str, body: Any) -> None:
        self.heard.put_nowait((name, body))

    async def hears(self, text: str) -> None:
        async with asyncio.timeout(10):
            while True:
                name, body = await self.heard.get()
                if name.endswith(".message_posted") and body["message"]["text"] == text:
                    return


Connect = Callable[[str, Ear], Any]


@asynccontextmanager
async def connecting(kind: str) -> AsyncIterator[Connect]:
    if kind == "raw":
        yield lambda url, ear: RawSocket(url, ear, Random(1))
        return
    async with NodeClients(PACKAGES) as node:
        transport = "polling" if kind == "npm, polling" else "websocket"
        yield lambda url, ear: node.connect(url, ear, transport)


@pytest.mark.parametrize("kind", ["raw", "npm", "npm, polling"])
async def test_a_socket_says_and_hears(town: Town, kind: str):
    async with connecting(kind) as connect:
        ear = Ear()
        socket = connect(town.server.url, ear)
        ready = await socket.open(town.tokens["ana"])
        assert ready["user"]["id"] == town.ids["ana"]
        fields = {"conversation_id": town.general, "id": new_id(), "text": "hola " * 40}
        answer = await socket.ask(POST, fields)
        assert answer["result"]["message"]["id"] == fields["id"]
        await ear.hears(fields["text"])
        socket.cut()
        await socket.over.wait()
        with pytest.raises(Cut):
            await socket.emit(POST, fields)


@pytest.mark.parametrize("kind", ["raw", "npm"])
async def test_a_socket_is_refused(town: Town, kind: str):
    async with connecting(kind) as connect:
        with pytest.raises((Refused, Cut)):
            await connect(town.server.url, Ear()).open("no such token")


@pytest.mark.parametrize("kind", ["raw", "npm"])
async def test_nobody_listens(kind: str):
    async with connecting(kind) as connect:
        with pytest.raises(Cut):
            await connect("http://127.0.0.1:1", Ear()).open("token")


async def test_http_answers_as_a_socket_does(town: Town):
    client = HttpClient(town.server.url, town.tokens["ana"])
    fields = {"conversation_id": town.general, "id": new_id(), "text": "por HTTP"}
    posted = await client.ask(POST, fields)
    again = await client.ask(POST, {**fields, "text": "otra cosa"})
    assert posted == again
    assert posted["result"]["message"]["text"] == "por HTTP"
    refused = await client.ask(POST, {**fields, "text": ""})
    assert (refused["ok"], refused["error"]["code"]) == (False, "invalid")
    read = await client.ask(
        "conversations.list_updates", {"conversation_id": town.general, "after": 0}
    )
    assert read["result"]["head"] >= 1
    await client.close()
