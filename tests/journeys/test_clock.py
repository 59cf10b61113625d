"""Time is only decoration (G17): a clock that jumps changes no order, ends no session and loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tertulia.chaos.faults.shim import CannotBuild, ClockJump, Shim
from tests.support.cast import PASSWORDS, Person, Town, settle
from tests.support.server import Server

HOUR = 3600


@pytest.fixture
def shim(tmp_path: Path) -> Iterator[Shim]:
    try:
        with Shim(tmp_path / "shim", tmp_path / "data") as shim:
            yield shim
    except CannotBuild as reason:
        pytest.skip(str(reason))


@pytest.fixture
def town(shim: Shim, tmp_path: Path) -> Iterator[Town]:
    settings = {"TERTULIA_LIMITS__TYPING_PER_SECOND": "1000"}
    with Server(tmp_path / "data", **settings, **shim.environment) as server:
        yield settle(server)


async def page_of(person: Person, town: Town) -> list[dict]:
    page = await person.asks("conversations.list_messages", conversation_id=town.general, limit=200)
    return [it for it in page["items"] if it["kind"] == "text"]


async def test_what_is_said_while_the_clock_jumps_keeps_its_order(town: Town, shim: Shim):
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    bruno = await Person(town.server, "bruno", town.tokens["bruno"]).comes()
    said: list[str] = []
    for seconds in (HOUR, -HOUR, HOUR, 0, -HOUR):
        async with ClockJump(shim, seconds):
            for author in (ana, bruno):
                said.append(f"{author.name} {len(said)}")
                await author.says(said[-1], in_=town.general)
                await ana.hears(said[-1])
    messages = await page_of(bruno, town)
    assert [it["text"] for it in messages] == said
    assert [it["seq"] for it in messages] == sorted(it["seq"] for it in messages)
    assert [it["number"] for it in messages] == list(range(1, len(said) + 1))
    times = [it["created_at"] for it in messages]
    assert times != sorted(times), "the clock did not jump"
    for person in (ana, bruno):
        assert person.socket.connected
        await person.goes()


async def test_sessions_and_limits_outlive_a_jump(town: Town, shim: Shim):
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    bruno = await Person(town.server, "bruno", town.tokens["bruno"]).comes()
    for seconds in (HOUR, -HOUR):
        async with ClockJump(shim, seconds):
            await ana.asks("presence.set_typing", conversation_id=town.general)
            await bruno.hears_event("presence.typing", user_id=ana.id)
            body = {"login": "carla", "password": PASSWORDS["carla"]}
            token = town.server.call("POST", "/sessions", **body)["token"]
            carla = await Person(town.server, "carla", token).comes()
            await carla.goes()
    for person in (ana, bruno):
        await person.says("sigo aquí", in_=town.general)
        await person.goes()


async def test_a_server_that_wakes_up_in_the_past_goes_on_where_it_was(town: Town, shim: Shim):
    ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
    await ana.says("antes", in_=town.general)
    before = ana.ready["heads"][town.general]
    assert town.server.stop() == 0
    async with ClockJump(shim, -HOUR):
        town.server.start()
        ana = await Person(town.server, "ana", town.tokens["ana"]).comes()
        await ana.says("después", in_=town.general)
        position = {"epoch": before["epoch"], "seq": before["head"]}
        missed = await ana.asks("conversations.catch_up", positions={town.general: position})
        texts = [it["message"]["text"] for it in missed["updates"]]
        assert texts == ["antes", "después"]
        assert [it["text"] for it in await page_of(ana, town)] == texts
        await ana.goes()
