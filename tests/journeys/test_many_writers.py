"""Many write at once into one conversation: one order for all, and no message lost or doubled."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tertulia.client import Tertulia
from tertulia.client.ids import new_id
from tests.support.deployments import deployed
from tests.support.programs import ROOT, Program, lay_javascript
from tests.support.server import Server

CLIENTS = ROOT / "tests" / "journeys" / "clients"
WRITERS = 20
MESSAGES = 100
FEW = 10
"""Of each: what all of them write at once may wait for a client that polls."""

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class People:
    """Everybody who writes, on a server without rate limits."""

    server: Server
    space: str
    tokens: list[str]
    ids: list[str]

    def open_channel(self) -> str:
        """Make a channel with all of them in it."""
        made = self.server.call(
            "POST",
            "/conversations",
            self.tokens[0],
            kind="channel",
            space_id=self.space,
            name=new_id(),
            members=self.ids[1:],
        )
        return made["id"]


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    settings = {"TERTULIA_RATE_LIMITS": "off", "TERTULIA_REGISTRATION": "open"}
    with deployed(tmp_path_factory.mktemp("server") / "data", **settings) as server:
        known = [enter(server, "/setup", "ana", organization="Casa")]
        known += [enter(server, "/users", f"person{n}") for n in range(1, WRITERS)]
        yield People(
            server=server,
            space=known[0]["space"]["id"],
            tokens=[each["token"] for each in known],
            ids=[each["user"]["id"] for each in known],
        )


def enter(server: Server, path: str, username: str, **fields: str):
    password = "una buena taza de té"
    names = {"username": username, "display_name": username.title()}
    return server.call("POST", path, password=password, **names, **fields)


async def read_log(people: People, conversation: str) -> list[tuple[int, str, str]]:
    """Read the messages of the log, as the server has them."""
    messages: list[tuple[int, str, str]] = []
    async with Tertulia(people.server.url, token=people.tokens[0]) as reader:
        head = (await reader.get_position(conversation)).seq
        async for message in reader.listen(conversation, since=0):
            messages.append((message.seq, message.id, message.text))
            if message.seq == head:
                return messages
    return messages


TAKES_OVER = pytest.mark.skipif(
    "config.getoption('deployment') == 'split'",
    reason="a WebSocket that is to take over from polling may reach another gateway",
)


@pytest.mark.parametrize(
    ("transports", "count"),
    [
        pytest.param(("websocket",), MESSAGES, id="websocket"),
        pytest.param(("polling",), FEW, id="polling"),
        pytest.param((), MESSAGES, id="default", marks=TAKES_OVER),
    ],
)
@pytest.mark.parametrize("client", ["npm", "python"])
async def test_everybody_hears_one_order(people, tmp_path, client, transports, count):
    conversation = people.open_channel()
    tokens = ",".join(people.tokens)
    arguments = (people.server.url, conversation, str(count), tokens, *transports)
    async with await Program.start(*program(client, tmp_path), *arguments) as writers:
        status, said = await writers.wait()
    assert status == 0, said
    seen = json.loads(said)

    log = await read_log(people, conversation)
    first = log[0][0]
    assert len(log) == WRITERS * count
    assert [seq for seq, _, _ in log] == list(range(first, first + len(log)))
    for number, writer in enumerate(seen):
        heard = [tuple(each) for each in writer["heard"]]
        acks = [tuple(each) for each in writer["acks"]]
        assert heard == log
        own = [each for each in log if each[2].startswith(f"{number} ")]
        assert [text for _, _, text in own] == [f"{number} {n}" for n in range(count)]
        assert acks == own


def program(client: str, folder: Path) -> tuple[str | Path, ...]:
    if client == "python":
        return sys.executable, CLIENTS / "writers.py"
    return "node", lay_javascript(folder / "js", CLIENTS / "writers.js") / "writers.js"


async def test_the_sdk_sends_and_hears_in_one_order(people):
    conversation, some = people.open_channel(), people.tokens[:4]
    async with Tertulia(people.server.url, token=some[0]) as listener:
        heard = listener.listen(conversation)
        acks = await asyncio.gather(*(write(people, conversation, token) for token in some))
        log = [await anext(heard) for _ in range(len(some) * MESSAGES)]
    for mine in acks:
        assert [message.seq for message in mine] == sorted(message.seq for message in mine)
        assert [message.text for message in mine] == [str(n) for n in range(MESSAGES)]
    assert sorted((m for mine in acks for m in mine), key=lambda m: m.seq) == log
    assert [(m.seq, m.id, m.text) for m in log] == await read_log(people, conversation)


async def write(people: People, conversation: str, token: str):
    async with Tertulia(people.server.url, token=token, transports=["polling"]) as writer:
        name = f"#{(await writer.conversations.get_conversation(conversation)).name}"
        sends = [writer.send(name, str(n)) for n in range(MESSAGES)]
        return await asyncio.gather(*sends)


async def test_much_is_sent_at_once_over_polling(people):
    """More than one polling body may hold."""
    conversation = people.open_channel()
    text = "ñ" * 15_000
    async with Tertulia(
        people.server.url, token=people.tokens[0], transports=["polling"]
    ) as writer:
        sends = [writer.send(conversation, f"{n} {text}") for n in range(40)]
        sent = await asyncio.gather(*sends)
    assert [message.text.split()[0] for message in sent] == [str(n) for n in range(40)]
    assert [message.number for message in sent] == list(range(1, 41))


async def test_an_id_sent_three_times_is_one_message(people):
    """Over WebSocket, polling and HTTP, at once and again later."""
    conversation, message_id, token = people.open_channel(), new_id(), people.tokens[1]
    url = people.server.url
    async with (
        Tertulia(url, token=token, transports=["websocket"]) as one,
        Tertulia(url, token=token, transports=["polling"]) as other,
    ):
        heard = one.listen(conversation)
        answers = await asyncio.gather(
            one.send(conversation, "una vez", id=message_id),
            other.send(conversation, "una vez", id=message_id),
            one.conversations.post_message(conversation, "otra cosa", id=message_id),
        )
        path = f"/conversations/{conversation}/messages"
        again = people.server.call("POST", path, token, id=message_id, text="una vez más")
        await one.send(conversation, "después")
        texts = [(await anext(heard)).text for _ in range(2)]
    assert {answer.id for answer in answers} == {message_id}
    assert len({(answer.seq, answer.text) for answer in answers}) == 1
    assert again["seq"] == answers[0].seq
    assert texts == [answers[0].text, "después"]
