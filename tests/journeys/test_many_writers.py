"""Many write at once into one conversation: one order for all, and no message lost or doubled."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tertulia.client import Tertulia
from tertulia.client.ids import new_id
from tests.support.programs import ROOT, Program, Served, lay_javascript, served

CLIENTS = ROOT / "tests" / "journeys" / "clients"
WRITERS = 20
MESSAGES = 100

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def server(tmp_path):
    async with served(tmp_path / "data", TERTULIA_RATE_LIMITS="off") as server:
        yield server


async def make_people(server: Served, count: int) -> tuple[str, list[str]]:
    """Make so many people; return their channel `general` and their tokens."""
    ana = await server.set_up()
    others = [await server.register(f"person{n}") for n in range(1, count)]
    return ana["conversation"]["id"], [ana["token"], *(other["token"] for other in others)]


async def read_log(server: Served, conversation: str, token: str) -> list[tuple[int, str, str]]:
    """Read the messages of the log, as the server has them."""
    messages: list[tuple[int, str, str]] = []
    async with Tertulia(server.url, token=token) as reader:
        head = (await reader.get_position(conversation)).seq
        async for message in reader.listen(conversation, since=0):
            messages.append((message.seq, message.id, message.text))
            if message.seq == head:
                return messages
    return messages


@pytest.mark.parametrize("transports", [("websocket",), ()], ids=["websocket", "default"])
@pytest.mark.parametrize("client", ["npm", "python"])
async def test_everybody_hears_one_order(server, tmp_path, client, transports):
    conversation, tokens = await make_people(server, WRITERS)
    arguments = (server.url, conversation, str(MESSAGES), ",".join(tokens), *transports)
    async with await Program.start(*program(client, tmp_path), *arguments) as writers:
        status, said = await writers.wait()
    assert status == 0, said
    seen = json.loads(said)

    log = await read_log(server, conversation, tokens[0])
    first = log[0][0]
    assert len(log) == WRITERS * MESSAGES
    assert [seq for seq, _, _ in log] == list(range(first, first + len(log)))
    for number, writer in enumerate(seen):
        heard = [tuple(each) for each in writer["heard"]]
        acks = [tuple(each) for each in writer["acks"]]
        assert heard == log
        own = [each for each in log if each[2].startswith(f"{number} ")]
        assert [text for _, _, text in own] == [f"{number} {n}" for n in range(MESSAGES)]
        assert acks == own


def program(client: str, folder: Path) -> tuple[str | Path, ...]:
    if client == "python":
        return sys.executable, CLIENTS / "writers.py"
    return "node", lay_javascript(folder / "js", CLIENTS / "writers.js") / "writers.js"


async def test_the_sdk_sends_and_hears_in_one_order(server):
    conversation, tokens = await make_people(server, 4)
    async with Tertulia(server.url, token=tokens[0]) as listener:
        heard = listener.listen("#general")
        acks = await asyncio.gather(*(write(server, token) for token in tokens))
        log = [await anext(heard) for _ in range(4 * MESSAGES)]
    for mine in acks:
        assert [message.seq for message in mine] == sorted(message.seq for message in mine)
        assert [message.text for message in mine] == [str(n) for n in range(MESSAGES)]
    assert sorted((m for mine in acks for m in mine), key=lambda m: m.seq) == log
    assert [m.text for m in log] == [m[2] for m in await read_log(server, conversation, tokens[1])]


async def write(server: Served, token: str):
    async with Tertulia(server.url, token=token, transports=["polling"]) as writer:
        sends = [writer.send("#general", str(n)) for n in range(MESSAGES)]
        return await asyncio.gather(*sends)


async def test_an_id_sent_three_times_is_one_message(server):
    """Over WebSocket, polling and HTTP, at once and again later."""
    conversation, (token, *_) = await make_people(server, 2)
    message_id = new_id()
    async with (
        Tertulia(server.url, token=token, transports=["websocket"]) as one,
        Tertulia(server.url, token=token, transports=["polling"]) as other,
    ):
        heard = one.listen("#general")
        answers = await asyncio.gather(
            one.send("#general", "una vez", id=message_id),
            other.send("#general", "una vez", id=message_id),
            one.conversations.post_message(conversation, "otra cosa", id=message_id),
        )
        path = f"/conversations/{conversation}/messages"
        over_http = await server.call("POST", path, token, id=message_id, text="una vez más")
        await one.send("#general", "después")
        texts = [(await anext(heard)).text for _ in range(2)]
    assert {answer.id for answer in answers} == {message_id}
    assert len({(answer.seq, answer.text) for answer in answers}) == 1
    assert over_http["seq"] == answers[0].seq
    assert texts == [answers[0].text, "después"]
