"""Every example runs as its reader runs it, against the real server."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tertulia.client import Message, Tertulia
from tests.support.cast import PASSWORDS
from tests.support.programs import ROOT, Program, lay_javascript

EXAMPLES = ROOT / "examples"


def copy(example: str, folder: Path, url: str) -> Path:
    """Take an example to where it is run, for a server on another port."""
    text = (EXAMPLES / example).read_text("utf-8")
    copied = folder / Path(example).name
    copied.write_text(text.replace("http://127.0.0.1:8000", url), "utf-8")
    return copied


async def test_the_first_client_talks_in_the_plaza(server, tmp_path):
    script = copy("first_client.py", tmp_path, server.url)
    async with (
        Tertulia(server.url, name="Bruno") as bruno,
        await Program.start(sys.executable, script) as program,
    ):
        heard = bruno.listen("#plaza")
        await program.prints(": Hola desde el cliente")
        await bruno.send("#plaza", "Hola, cliente")
        await program.prints("Bruno: Hola, cliente")
        said = [(await anext(heard)).text for _ in range(2)]
    assert said == ["Hola desde el cliente", "Hola, cliente"]


async def test_the_bot_answers(server, tmp_path):
    script = copy("bot.py", tmp_path, server.url)
    async with (
        Tertulia(server.url, name="Bruno") as bruno,
        await Program.start(sys.executable, script),
        asyncio.timeout(30),
    ):
        answer = await ask_until_answered(bruno, "!dado")
        asked = await bruno.conversations.get_message(answer.reply_to or "")
    assert answer.author.display_name == "Dado"
    assert answer.text in "⚀⚁⚂⚃⚄⚅"
    assert asked.text == "!dado"


async def ask_until_answered(bruno: Tertulia, question: str) -> Message:
    """Ask again and again: a bot hears from when it has come, which is not announced."""
    heard = bruno.listen("#plaza")
    while True:
        await bruno.send("#plaza", question)
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                async for message in heard:
                    if message.text != question:
                        return message


async def test_the_clerk_answers_once_over_kills(town, tmp_path):
    script = copy("durable.py", tmp_path, town.server.url)
    command, environment = (sys.executable, script), {"TERTULIA_TOKEN": town.tokens["ana"]}
    async with Tertulia(town.server.url, token=town.tokens["bruno"]) as bruno:
        heard = bruno.listen("#plaza")
        for n in range(2):
            clerk = await Program.start(*command, cwd=tmp_path, **environment)
            await clerk.prints("listening")
            await bruno.send("#plaza", f"!nota {n}")
            answer = await next_answer(heard)
            clerk.kill()
            await clerk.wait()
            assert answer.text == f"anotado: {n}"
            await bruno.send("#plaza", "!nota mientras")
            async with await Program.start(*command, cwd=tmp_path, **environment) as clerk:
                await clerk.prints("listening")
                assert (await next_answer(heard)).text == "anotado: mientras"
                clerk.kill()
                await clerk.wait()
        await bruno.send("#plaza", "fin")
        assert [m.text async for m in until_end(heard)] == []


async def next_answer(heard: AsyncIterator[Message]) -> Message:
    """The next message that is no question."""
    while (message := await anext(heard)).text.startswith("!"):
        pass
    return message


async def until_end(heard: AsyncIterator[Message]) -> AsyncIterator[Message]:
    """What comes before “fin”."""
    while (message := await anext(heard)).text != "fin":
        yield message


async def test_chat_is_mounted_beside_the_routes_of_a_shop(tmp_path):
    command = (sys.executable, "-m", "uvicorn", "mounted:app", "--port", "0")
    environment = {"TERTULIA_DATA": str(tmp_path / "chat"), "PYTHONPATH": str(EXAMPLES)}
    async with await Program.start(*command, cwd=tmp_path, **environment) as shop:
        url = (await shop.prints("Uvicorn running on")).split("running on ")[1].split()[0]
        async with httpx.AsyncClient(base_url=url) as http:
            assert (await http.get("/shop/hours")).json()["opens"] == "09:00"
            assert (await http.get("/api/v1/server")).json()["name"]
            assert (await http.get("/readyz")).is_success
        async with Tertulia(url, name="Bruno") as bruno:
            heard = bruno.listen("#plaza")
            await bruno.send("#plaza", "¿Abren hoy?")
            assert (await anext(heard)).text == "¿Abren hoy?"


@pytest.fixture
def javascript(tmp_path):
    return lay_javascript(tmp_path / "javascript", EXAMPLES / "javascript" / "talk.js")


async def test_a_guest_talks_from_node(server, javascript):
    async with (
        Tertulia(server.url, name="Bruno") as bruno,
        await Program.start(
            "node", javascript / "talk.js", cwd=javascript, TERTULIA_URL=server.url
        ) as node,
    ):
        await node.prints("You are in plaza")
        await node.type("Hola desde Node")
        await node.prints("Juana: Hola desde Node")
        await bruno.send("#plaza", "Hola, Node")
        await node.prints("Bruno: Hola, Node")


async def test_a_person_signs_in_from_node(town, javascript):
    async with (
        Tertulia(town.server.url, token=town.tokens["bruno"]) as bruno,
        await Program.start(
            "node",
            javascript / "talk.js",
            "general",
            cwd=javascript,
            TERTULIA_URL=town.server.url,
            TERTULIA_LOGIN="ana",
            TERTULIA_PASSWORD=PASSWORDS["ana"],
        ) as node,
    ):
        heard = bruno.listen("#general")
        await node.prints("You are in general")
        await node.type("Hola desde Node")
        await node.prints("Ana: Hola desde Node")
        assert (await anext(heard)).text == "Hola desde Node"


async def test_a_wrong_password_is_said_from_node(town, javascript):
    node = await Program.start(
        "node",
        javascript / "talk.js",
        cwd=javascript,
        TERTULIA_URL=town.server.url,
        TERTULIA_LOGIN="ana",
        TERTULIA_PASSWORD="no",
    )
    status, said = await node.wait()
    assert status == 1
    assert "wrong" in said


def test_the_example_names_the_client_that_is_tested():
    package = json.loads((EXAMPLES / "javascript" / "package.json").read_text("utf-8"))
    installed = ROOT / "web" / "node_modules" / "socket.io-client" / "package.json"
    version = json.loads(installed.read_text("utf-8"))["version"]
    assert package["dependencies"]["socket.io-client"] == version
