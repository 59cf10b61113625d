"""The SDK over a server that is killed and started again: nothing is lost, doubled or reordered."""

import asyncio
from collections.abc import Iterator

import pytest

from tertulia.client import Tertulia
from tertulia.client.errors import NotFound, SessionEnded
from tests.support.cast import Town, settle
from tests.support.deployments import deployed

MESSAGES = 200
SECONDS = 150

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def settled(tmp_path_factory) -> Iterator[Town]:
    """A server that the tests share, without limits; each leaves it running."""
    data = tmp_path_factory.mktemp("server") / "data"
    with deployed(data, TERTULIA_RATE_LIMITS="off") as server:
        yield settle(server)


@pytest.fixture
def town(settled: Town) -> Town:
    return settled.anew()


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]], ids=lambda each: each[0])
async def test_a_kill_in_the_middle_of_a_conversation_is_not_noticed(town, transports):
    place = town.server.call("GET", f"/conversations/{town.general}", town.tokens["ana"])
    async with (
        Tertulia(town.server.url, token=town.tokens["ana"], transports=transports) as ana,
        Tertulia(town.server.url, token=town.tokens["bruno"], transports=transports) as bruno,
        asyncio.timeout(SECONDS),
    ):
        heard = bruno.listen(town.general)
        sends = [asyncio.create_task(ana.send(town.general, str(n))) for n in range(MESSAGES)]
        messages = [await anext(heard) for _ in range(3)]
        town.server.kill()
        sends += [asyncio.create_task(ana.send(f"Casa/{place['name']}", "después"))]
        await asyncio.to_thread(town.server.start)
        acks = await asyncio.gather(*sends)
        messages += [await anext(heard) for _ in range(MESSAGES - 2)]
        log = await bruno.conversations.list_updates(town.general, limit=1_000)
    assert [message.text for message in messages] == [*map(str, range(MESSAGES)), "después"]
    assert [(each.seq, each.id) for each in acks] == [(each.seq, each.id) for each in messages]
    posted = [each.seq for each in log.updates() if each.type == "message_posted"]
    assert posted == [each.seq for each in messages]


async def test_a_guest_stays_the_same_guest(town):
    async with Tertulia(town.server.url, name="Elena") as guest, asyncio.timeout(SECONDS):
        before = await guest.send("#plaza", "antes")
        town.server.kill()
        await asyncio.to_thread(town.server.start)
        after = await guest.send("#plaza", "después")
    async with Tertulia(town.server.url, token=guest.token) as again:
        later = await again.send("#plaza", "otro día")
    assert {each.author.id for each in (before, after, later)} == {before.author.id}
    assert later.author.display_name == "Elena"


async def test_an_orderly_restart_is_not_noticed(town):
    async with (
        Tertulia(town.server.url, token=town.tokens["ana"]) as ana,
        Tertulia(town.server.url, token=town.tokens["bruno"]) as bruno,
        asyncio.timeout(SECONDS),
    ):
        heard = bruno.listen(town.general)
        await ana.send(town.general, "antes")
        assert await asyncio.to_thread(town.server.stop) == 0
        sending = asyncio.create_task(ana.send(town.general, "mientras"))
        await asyncio.to_thread(town.server.start)
        await sending
        await ana.send(town.general, "después")
        texts = [(await anext(heard)).text for _ in range(3)]
    assert texts == ["antes", "mientras", "después"]


async def test_a_revoked_session_ends_the_client(town):
    async with (
        Tertulia(town.server.url, token=town.tokens["bruno"]) as bruno,
        asyncio.timeout(30),
    ):
        heard = bruno.listen(town.general)
        waiting = asyncio.create_task(anext(heard))
        await asyncio.to_thread(town.server.call, "DELETE", "/sessions/all", town.tokens["bruno"])
        with pytest.raises(SessionEnded):
            await waiting


async def test_who_is_removed_is_told_and_hears_no_more(town):
    async with (
        Tertulia(town.server.url, token=town.tokens["ana"]) as ana,
        Tertulia(town.server.url, token=town.tokens["bruno"]) as bruno,
        asyncio.timeout(30),
    ):
        heard = bruno.listen(town.general)
        await ana.send(town.general, "adiós")
        assert bruno.user
        await ana.conversations.remove_member(town.general, bruno.user.id)
        await ana.send(town.general, "ya no está")
        assert (await anext(heard)).text == "adiós"
        with pytest.raises(NotFound):
            await anext(heard)
