"""Coming, staying and being sent away; and commands and names on the way."""

import asyncio
from contextlib import suppress

import pytest

from tertulia.client import Tertulia
from tertulia.client.errors import (
    Closed,
    SessionEnded,
    TimedOut,
    Unauthenticated,
    UnknownName,
    Unreachable,
)
from tertulia.client.events import PresenceChanged
from tests.client.fake_server import GENERAL, PLAZA
from tests.client.words import texts, until


async def test_who_is_watched_is_watched_again_after_a_cut(server, wire, ana):
    assert await ana.presence.watch(["u-bruno"]) == {"u-bruno": "online"}
    heard = ana.events()
    wire.cut()
    assert await anext(heard) == PresenceChanged(user_id="u-bruno", state="online")
    assert server.received.count("presence.watch") == 2


async def test_a_command_that_is_not_answered_in_time_is_given_up(server, wire):
    async with Tertulia(wire.url, token="t-ana", timeout=0.2) as ana:
        wire.take_down()
        with pytest.raises(TimedOut):
            await ana.conversations.list_conversations()


async def test_a_farewell_that_nobody_waits_for_still_closes_everything(wire):
    ana = await Tertulia(wire.url, token="t-ana").__aenter__()
    connection = ana._opened.driver._connection
    assert connection
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    closing.cancel()
    with suppress(asyncio.CancelledError):
        await closing
    assert connection._http.closed
    await ana.__aexit__(None, None, None)


async def test_a_goodbye_for_good_ends_the_client(server, ana):
    heard = ana.listen("#general")
    await server.goodbye(code="session_revoked", reconnect=False)
    with pytest.raises(SessionEnded):
        await anext(heard)
    with pytest.raises(SessionEnded):
        await ana.send("#general", "hola")
    with pytest.raises(SessionEnded):
        await anext(ana.listen(GENERAL))


async def test_a_goodbye_for_now_brings_the_client_back(server, wire, ana):
    heard = ana.listen("#general")
    await server.goodbye(code="going_away", reconnect=True, after_ms=1)
    await ana.send("#general", "he vuelto")
    assert await texts(heard, 1) == ["he vuelto"]
    assert wire.connections == 2


async def test_who_comes_back_says_so(server, wire, ana):
    heard = ana.listen("#general")
    wire.cut()
    await ana.send("#general", "he vuelto")
    assert await texts(heard, 1) == ["he vuelto"]
    assert ["resume" in query for query in server.queries] == [False, True]


async def test_a_dead_credential_found_on_return_ends_the_client(server, wire, ana):
    heard = ana.listen("#general")
    await ana.find_conversation("#general")
    del server.tokens["t-ana"]
    wire.cut()
    with pytest.raises(Unauthenticated):
        await anext(heard)


async def test_a_busy_server_found_on_return_is_asked_again(server, wire, ana):
    server.refuse_connection = {"code": "overloaded", "detail": "Busy."}
    wire.cut()
    sending = asyncio.create_task(ana.send(GENERAL, "hola"))
    await until(lambda: wire.connections >= 4)
    server.refuse_connection = None
    assert (await sending).text == "hola"


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
async def test_a_wrong_credential_is_refused_at_once(server, transports):
    with pytest.raises(Unauthenticated) as caught:
        async with Tertulia(server.url, token="wrong", transports=transports):
            pass
    assert caught.value.detail == "Sign in."


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
async def test_no_server_is_said_at_once(transports):
    with pytest.raises(Unreachable):
        async with Tertulia("http://127.0.0.1:1", transports=transports):
            pass


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
async def test_a_server_that_does_not_answer_is_given_up(server, monkeypatch, transports):
    monkeypatch.setattr("tertulia.client.connection.HANDSHAKE_SECONDS", 0.3)
    server.is_mute = True
    with pytest.raises(Unreachable):
        async with Tertulia(server.url, token="t-ana", transports=transports):
            pass


async def test_a_guest_has_the_plaza_and_stays_the_same_guest(server, wire):
    async with Tertulia(wire.url, name="Ana") as guest:
        heard = guest.listen("#plaza")
        await guest.send("#plaza", "hola")
        assert guest.token == "t-guest"
        wire.cut()
        await guest.send("plaza", "otra vez")
        assert await texts(heard, 2) == ["hola", "otra vez"]
        assert await guest.find_conversation("#plaza") == PLAZA
        with pytest.raises(UnknownName):
            await guest.find_conversation("#general")
    assert guest.token == "t-guest"


async def test_a_renamed_channel_is_found_by_its_new_name_alone(server, ana):
    assert await ana.find_conversation("#general") == GENERAL
    log = server.logs[GENERAL]
    log.name = "patio"
    told = log.append("conversation_changed", conversation=log.view)
    heard = ana.updates()
    await server.tell("conversations.conversation_changed", told)
    await anext(heard)
    assert await ana.find_conversation("#patio") == GENERAL
    with pytest.raises(UnknownName):
        await ana.find_conversation("#general")


async def test_closing_ends_what_is_open(server):
    ana = Tertulia(server.url, token="t-ana")
    with pytest.raises(Closed):
        ana.listen("#general")
    async with ana:
        heard = ana.listen(GENERAL)
        waiting = asyncio.create_task(anext(heard))
        server.deaf = 1
        sending = asyncio.create_task(ana.send(GENERAL, "hola"))
        await until(lambda: server.logs[GENERAL].updates)
        assert (await waiting).text == "hola"
    assert [message async for message in heard] == []
    with pytest.raises(Closed):
        await sending
    with pytest.raises(Closed):
        await ana.send(GENERAL, "hola")
    async with ana:
        await ana.send(GENERAL, "otra vez")


async def test_a_server_that_lets_in_and_falls_over_is_met_ever_more_slowly(
    server, wire, ana, monkeypatch
):
    attempts: list[int] = []

    def note(attempt: int, *_: object, **__: object) -> float:
        attempts.append(attempt)
        return 0

    monkeypatch.setattr("tertulia.client.driver.compute_delay", note)
    for n in range(3):
        wire.cut()
        await until(lambda cut=n: len(attempts) > cut)
        await ana.conversations.get_conversation(GENERAL)
    assert attempts == sorted(set(attempts))
    monkeypatch.setattr("tertulia.client.driver.STEADY_SECONDS", 0)
    wire.cut()
    await until(lambda: len(attempts) > 3)
    await ana.conversations.get_conversation(GENERAL)
    wire.cut()
    await until(lambda: attempts[-1] == 0)
