"""The ten-line client, as printed: both paths, both kinds of client, both transports."""

import sys

import pytest

from tertulia.client import Tertulia
from tests.support.programs import ROOT, Program

CLIENTS = {
    "sync": (ROOT / "examples" / "first_client.py").read_text("utf-8"),
    "async": """
import asyncio
import socketio

sio = socketio.AsyncClient()

@sio.on("message")
def heard(text):
    print(text)

async def main():
    await sio.connect("http://127.0.0.1:8000/ws", socketio_path="ws")
    await sio.send("Hola desde el cliente")
    await sio.wait()

asyncio.run(main())
""",
}
AS_PRINTED = '"http://127.0.0.1:8000/ws", socketio_path="ws"'
PATHS = {"ws": '"{url}/ws", socketio_path="ws"', "default": '"{url}"'}
TRANSPORTS = {
    "unsaid": "",
    "polling": ', transports=["polling"]',
    "websocket": ', transports=["websocket"]',
}


def write_client(kind: str, path: str, transport: str, url: str) -> str:
    """Return the program, connecting to this server and in this way."""
    assert AS_PRINTED in CLIENTS[kind]
    return CLIENTS[kind].replace(AS_PRINTED, PATHS[path].format(url=url) + TRANSPORTS[transport])


@pytest.mark.parametrize("kind", CLIENTS)
async def test_the_ten_line_client_prints_its_own_and_others_lines(server, kind):
    """Over each path and each transport, one after another on one server."""
    async with Tertulia(server.url, name="Bruno") as bruno:
        for path in PATHS:
            for transport in TRANSPORTS:
                program = write_client(kind, path, transport, server.url)
                async with await Program.start(sys.executable, "-c", program) as client:
                    own = await client.prints(": Hola desde el cliente")
                    await bruno.send("#plaza", f"Hola, {path} {transport}")
                    other = await client.prints(f"Hola, {path} {transport}")
                assert own.startswith("Guest")
                assert other == f"Bruno: Hola, {path} {transport}"
                assert client.lines == [own, other]


async def test_what_a_first_client_says_is_durable_and_everybodys(town):
    program = write_client("sync", "ws", "unsaid", town.server.url)
    async with Tertulia(town.server.url, token=town.tokens["ana"]) as ana:
        heard = ana.listen("#plaza")
        async with await Program.start(sys.executable, "-c", program) as client:
            await client.prints(": Hola desde el cliente")
        message = await anext(heard)
        assert (message.text, message.author.kind) == ("Hola desde el cliente", "guest")
        again = ana.listen("#plaza", since=message.seq - 1)
        assert await anext(again) == message
