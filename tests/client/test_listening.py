"""What is heard: once and in order, from a server that loses, doubles and forgets."""

import asyncio

import pytest

from tertulia.client import Tertulia
from tertulia.client.errors import (
    NotFound,
    ResyncNeeded,
    UnknownName,
)
from tertulia.client.events import PresenceChanged
from tertulia.client.models import Position
from tertulia.client.reducer import Forgotten, Resynced
from tertulia.client.updates import MessagePosted, Update
from tests.client.fake_server import GENERAL, TALLER
from tests.client.words import texts, until


@pytest.mark.parametrize("transports", [None, ["websocket"], ["polling"]])
async def test_a_message_is_sent_and_heard(server, transports):
    async with Tertulia(server.url, token="t-ana", transports=transports) as ana:
        heard = ana.listen("#general")
        message = await ana.send("#general", "hola")
        assert (message.text, message.seq, message.author.username) == ("hola", 1, "ana")
        await server.post("¿qué tal?")
        assert await texts(heard, 2) == ["hola", "¿qué tal?"]
        assert ana.user
        assert ana.user.username == "ana"
        assert ana.server.name == "Taller"


async def test_listening_begins_with_the_call_and_not_with_the_first_item(server, ana):
    await ana.send("#general", "antes")
    heard = ana.listen("#general")
    await ana.send("#general", "después")
    assert await texts(heard, 1) == ["después"]


async def test_since_brings_what_was_said_before_without_a_seam(server, ana):
    server.page = 2
    for n in range(5):
        await ana.send("#general", str(n))
    heard = ana.listen("#general", since=2)
    await ana.send("#general", "5")
    first = await texts(heard, 3)
    await ana.send("#general", "6")
    assert first + await texts(heard, 2) == ["2", "3", "4", "5", "6"]


async def test_waiting_may_be_given_up_and_taken_up_again(server, ana):
    await ana.send("#general", "antes")
    heard = ana.listen("#general", since=0)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await anext(heard)
    assert await texts(heard, 1) == ["antes"]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await anext(heard)
    await ana.send("#general", "después")
    assert await texts(heard, 1) == ["después"]
    await heard.aclose()
    assert [message async for message in heard] == []


async def test_a_position_is_where_a_later_run_goes_on(server, ana):
    await ana.send("#general", "antes")
    position = await ana.get_position("#general")
    assert position == Position(epoch="e1", seq=1)
    await ana.send("#general", "después")
    assert await texts(ana.listen("#general", since=position), 1) == ["después"]
    with pytest.raises(ResyncNeeded):
        await anext(ana.listen("#general", since=Position(epoch="e0", seq=1)))


async def test_updates_of_all_conversations_are_heard_with_their_types(server, ana):
    heard = ana.updates()
    await server.post("hola", TALLER)
    told = server.logs[GENERAL].append("poll_opened", poll={})
    await server.tell("conversations.poll_opened", told)
    first, second = await anext(heard), await anext(heard)
    assert isinstance(first, MessagePosted)
    assert first.conversation_id == TALLER
    assert type(second) is Update
    assert second.type == "poll_opened"


async def test_events_outside_the_logs_are_heard(server, ana):
    heard = ana.events()
    await server.tell("presence.changed", {"user_id": "u-bruno", "state": "online", "x": 1})
    await server.tell("weather.changed", {"rain": True})
    await server.tell("conversations.read", {"seq": "not a number"})
    await server.tell("presence.changed", {"user_id": "u-bruno", "state": "offline"})
    assert [await anext(heard), await anext(heard)] == [
        PresenceChanged(user_id="u-bruno", state="online"),
        PresenceChanged(user_id="u-bruno", state="offline"),
    ]


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
async def test_lost_doubled_and_shuffled_updates_are_heard_once_and_in_order(server, transports):
    waiting = []

    def spread(update):
        waiting.append(update)
        if update["seq"] % 3:
            return []
        told = [waiting[2], waiting[0], waiting[2]]
        waiting.clear()
        return told

    server.spread = spread
    async with Tertulia(server.url, token="t-ana", transports=transports) as ana:
        heard = ana.listen("#general")
        for n in range(12):
            await server.post(str(n))
        assert await texts(heard, 12) == [str(n) for n in range(12)]


async def test_what_was_missed_during_a_cut_is_caught_up(server, wire, ana):
    heard = ana.listen("#general")
    server.page = 4
    await server.post("0")
    assert await texts(heard, 1) == ["0"]
    wire.take_down()
    for n in range(1, 11):
        await server.post(str(n))
    wire.put_up()
    assert await texts(heard, 10) == [str(n) for n in range(1, 11)]
    await server.post("11")
    assert await texts(heard, 1) == ["11"]


async def test_much_that_was_missed_comes_in_one_answer(server, wire, ana):
    heard = ana.listen("#general")
    wire.take_down()
    for _ in range(100):
        await server.post("ñ" * 50_000)
    wire.put_up()
    assert [len(text) for text in await texts(heard, 100)] == [50_000] * 100


async def test_a_client_that_missed_nothing_asks_for_nothing(server, wire, ana):
    wire.cut()
    await until(lambda: wire.connections >= 2)
    await ana.send("#general", "hola")
    assert "conversations.catch_up" not in server.received


async def test_a_restored_server_is_a_resync_and_never_a_silent_gap(server, wire, ana):
    heard, messages = ana.updates("#general"), ana.listen("#general")
    await server.post("antes")
    await anext(heard)
    wire.take_down()
    server.logs[GENERAL].epoch = "e2"
    server.logs[GENERAL].updates.clear()
    await server.post("restaurado")
    wire.put_up()
    resynced = await anext(heard)
    assert isinstance(resynced, Resynced)
    assert [message.text for message in resynced.page.items] == ["restaurado"]
    await server.post("después")
    assert await texts(messages, 2) == ["antes", "después"]


async def test_who_is_removed_hears_no_more_and_is_told(server, ana):
    heard, messages = ana.updates("#general"), ana.listen("#general")
    await server.post("adiós")
    assert await texts(messages, 1) == ["adiós"]
    await server.tell("conversations.removed", {"conversation_id": GENERAL})
    await anext(heard)
    assert await anext(heard) == Forgotten(GENERAL)
    with pytest.raises(NotFound):
        await anext(messages)


async def test_what_vanished_while_away_is_forgotten(server, wire, ana):
    heard = ana.updates("#general")
    await server.post("adiós")
    await anext(heard)
    wire.take_down()
    del server.logs[GENERAL]
    wire.put_up()
    assert await anext(heard) == Forgotten(GENERAL)


async def test_a_direct_opened_by_another_is_heard_from_its_beginning(server, ana):
    heard = ana.updates()
    await ana.find_conversation("@bruno")
    await server.post("psst", "direct-u-bruno")
    told = await anext(heard)
    assert isinstance(told, MessagePosted)
    assert told.message.text == "psst"
    assert await ana.find_conversation("@bruno") == "direct-u-bruno"
    with pytest.raises(UnknownName):
        await ana.find_conversation("@nadie")


async def test_a_conversation_of_others_is_not_heard(server, ana):
    with pytest.raises(NotFound):
        await anext(ana.listen("01990000-0000-7000-8000-00000000ffff"))


async def test_two_people_talk(server, ana):
    async with Tertulia(server.url, token="t-bruno") as bruno:
        heard = bruno.listen("#general")
        await asyncio.gather(*(ana.send("#general", str(n)) for n in range(50)))
        assert await texts(heard, 50) == [str(n) for n in range(50)]


async def test_the_position_of_a_stream_is_where_a_later_run_goes_on(server, wire, ana):
    said: list[str] = []
    heard = ana.listen(GENERAL)
    assert heard.position is None
    for n in range(6):
        await server.post(str(n))
    said += await texts(heard, 2)
    assert heard.position == Position(epoch="e1", seq=2)
    async with Tertulia(server.url, token="t-ana") as later:
        heard = later.listen(GENERAL, since=heard.position)
        said += await texts(heard, 2)
        await server.post("6")
        said += await texts(heard, 2)
        assert heard.position == Position(epoch="e1", seq=6)
    async with Tertulia(server.url, token="t-ana") as later:
        said += await texts(later.listen(GENERAL, since=heard.position), 1)
    assert said == list("0123456")


async def test_a_position_of_a_restored_server_is_refused_and_never_a_silent_gap(server, ana):
    await server.post("antes")
    heard = ana.listen(GENERAL, since=Position(epoch="e0", seq=1))
    with pytest.raises(ResyncNeeded):
        await anext(heard)
    assert ana.updates().position is None
