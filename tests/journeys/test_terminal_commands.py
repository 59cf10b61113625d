"""`tertulia login`, `send` and `listen` beside other clients, on the real server."""

import sys

import pytest

from tertulia.client import Tertulia
from tests.support.cast import PASSWORDS
from tests.support.programs import Program


@pytest.fixture
def environment(town, tmp_path):
    """Where commands find this server, and keep what they know."""
    return {
        "LC_ALL": "C.UTF-8",
        "XDG_CONFIG_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "TERTULIA_URL": town.server.url,
        "TERTULIA_TOKEN": "",
    }


@pytest.fixture
def start(environment):
    def start(*arguments: str):
        return Program.start(sys.executable, "-m", "tertulia", *arguments, **environment)

    return start


async def run(program: Program, *lines: str) -> tuple[int, str]:
    for line in lines:
        await program.type(line)
    return await program.wait()


async def test_somebody_talks_from_the_terminal(town, start):
    status, said = await run(await start("login", "--user", "ana"), PASSWORDS["ana"])
    assert status == 0, said
    assert "as @ana" in said
    async with (
        Tertulia(town.server.url, token=town.tokens["bruno"]) as bruno,
        await start("listen", "Casa/general", "--since", "0") as listener,
    ):
        heard = bruno.listen("#general")
        await bruno.send("#general", "¿quién anda?")
        await listener.prints("Bruno: ¿quién anda?")
        assert await run(await start("send", "Casa/general", "yo, desde el terminal")) == (0, "")
        await listener.prints("Ana: yo, desde el terminal")
        said = [await anext(heard) for _ in range(2)]
    assert [message.author.username for message in said] == ["bruno", "ana"]


async def test_a_person_is_written_to_by_name(town, start):
    await run(await start("login", "--user", "ana"), PASSWORDS["ana"])
    async with Tertulia(town.server.url, token=town.tokens["carla"]) as carla:
        heard = carla.listen("@ana")
        assert await run(await start("send", "@carla", "psst")) == (0, "")
        assert (await anext(heard)).text == "psst"


async def test_a_guest_talks_in_the_plaza_and_nowhere_else(town, start):
    async with Tertulia(town.server.url, token=town.tokens["carla"]) as carla:
        heard = carla.listen("#plaza")
        assert await run(await start("send", "plaza", "de paso")) == (0, "")
        assert (await anext(heard)).author.kind == "guest"
    status, said = await run(await start("send", "general", "¿se puede?"))
    assert status == 1
    assert said == "tertulia: No conversation of yours is called “#general”.\n"


async def test_a_name_that_two_channels_have_lists_both(town, start):
    await run(await start("login", "--user", "ana"), PASSWORDS["ana"])
    status, said = await run(await start("send", "#general", "¿dónde?"))
    assert status == 1
    assert said == "tertulia: “#general” may be any of: Casa/general, Vecinos/general.\n"


async def test_a_wrong_password_is_one_line(town, start):
    status, said = await run(await start("login", "--user", "ana"), "otra")
    assert (status, said) == (77, "tertulia: The name or the password is not right.\n")
