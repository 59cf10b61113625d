"""The official npm client in Node: the plain lane and a person's commands, on each transport."""

import json

import pytest

from tertulia.client import Tertulia
from tests.support.programs import ROOT, Program, lay_javascript

SCRIPTS = ROOT / "tests" / "journeys" / "clients"
TRANSPORTS = [(), ("websocket",), ("polling",)]


@pytest.fixture
def scripts(tmp_path):
    return lay_javascript(
        tmp_path / "javascript", SCRIPTS / "first_client.js", SCRIPTS / "person.js"
    )


async def test_a_first_client_in_javascript_prints_its_own_and_others_lines(server, scripts):
    async with Tertulia(server.url, name="Bruno") as bruno:
        # A path in a URL is a namespace to this client: `/ws` is the same one.
        for url in (server.url, f"{server.url}/ws"):
            for transports in TRANSPORTS:
                command = ("node", scripts / "first_client.js", url, *transports)
                async with await Program.start(*command) as client:
                    await client.prints(": Hola desde el cliente")
                    await bruno.send("#plaza", f"Hola, {url} {transports}")
                    await client.prints(f"Bruno: Hola, {url} {transports}")
                assert len(client.lines) == 2


@pytest.mark.parametrize("transports", TRANSPORTS, ids="-".join)
async def test_a_person_commands_and_hears_updates(town, scripts, transports):
    url, general = town.server.url, town.general
    command = ("node", scripts / "person.js", url, town.tokens["ana"], general, *transports)
    async with (
        Tertulia(url, token=town.tokens["bruno"]) as other,
        await Program.start(*command) as person,
    ):
        ready = read(await person.prints("gateway.ready"))
        assert ready["user"]["username"] == "ana"
        head = ready["heads"][general]["head"]
        heard = other.listen("#general")
        await person.type("hola desde npm")
        ack = read(await person.prints('"ack"'))
        assert ack["ok"]
        assert ack["result"]["message"]["seq"] == head + 1
        assert (await anext(heard)).text == "hola desde npm"
        posted = await other.send("#general", "hola desde Python")
        update = read(await person.prints("hola desde Python"))
        assert (update["seq"], update["message"]["id"]) == (head + 2, posted.id)


async def test_a_wrong_token_is_a_connect_error_with_a_code(server, scripts):
    command = ("node", scripts / "person.js", server.url, "wrong", "x")
    async with await Program.start(*command) as person:
        told = read(await person.prints("connect_error"))
    assert told["message"] == "unauthenticated"
    assert told["data"]["code"] == "unauthenticated"
    assert told["data"]["detail"]


def read(line: str):
    return json.loads(line)[1]
