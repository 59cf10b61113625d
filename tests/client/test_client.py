"""The asynchronous client against a server that loses, doubles, refuses and vanishes."""

import asyncio

import pytest

from tertulia.client import Tertulia, TertuliaError
from tertulia.client.commands.messages import PostMessage
from tertulia.client.errors import (
    Closed,
    Forbidden,
    NotFound,
    ResyncNeeded,
    SessionEnded,
    TimedOut,
    Unauthenticated,
    UnknownName,
    Unreachable,
)
from tertulia.client.events import PresenceChanged
from tertulia.client.models import Position
from tertulia.client.outbox import MemoryOutbox
from tertulia.client.reducer import Forgotten, Resynced
from tertulia.client.updates import MessagePosted, Update
from tests.client.fake_server import BRUNO, GENERAL, MOMENT, PLAZA, TALLER, FakeServer, refusal
from tests.client.proxy import Wire


@pytest.fixture
async def server():
    async with FakeServer() as server:
        yield server


@pytest.fixture
async def wire(server):
    async with Wire(server.port) as wire:
        yield wire


@pytest.fixture(autouse=True)
async def in_time():
    async with asyncio.timeout(20):
        yield


@pytest.fixture
async def ana(wire):
    async with Tertulia(wire.url, token="t-ana") as ana:
        yield ana


async def until(holds) -> None:
    while not holds():
        await asyncio.sleep(0)


async def texts(messages, count: int) -> list[str]:
    return [(await anext(messages)).text for _ in range(count)]


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


async def test_who_is_watched_is_watched_again_after_a_cut(server, wire, ana):
    assert await ana.presence.watch(["u-bruno"]) == {"u-bruno": "online"}
    heard = ana.events()
    wire.cut()
    assert await anext(heard) == PresenceChanged(user_id="u-bruno", state="online")
    assert server.received.count("presence.watch") == 2


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


async def test_what_is_sent_while_away_is_sent_on_return_in_order(server, wire, ana):
    await ana.find_conversation("#general")
    heard = ana.listen(GENERAL)
    wire.take_down()
    sends = [asyncio.create_task(ana.send(GENERAL, str(n))) for n in range(10)]
    await asyncio.sleep(0)
    wire.put_up()
    assert [message.text for message in await asyncio.gather(*sends)] == list("0123456789")
    assert await texts(heard, 10) == list("0123456789")


async def test_what_is_sent_at_once_to_a_name_keeps_its_order(server, ana):
    sent = await asyncio.gather(*(ana.send("#general", str(n)) for n in range(20)))
    assert [message.seq for message in sent] == list(range(1, 21))
    await server.tell(
        "presence.typing", {"conversation_id": GENERAL, "user_id": "u", "until": MOMENT}
    )
    await ana.send("#general", "20")
    assert server.received.count("conversations.list_conversations") == 1


async def test_a_message_whose_answer_was_lost_is_sent_again_and_posted_once(server, wire, ana):
    server.deaf = 1
    sending = asyncio.create_task(ana.send(GENERAL, "una vez"))
    await until(lambda: server.logs[GENERAL].updates)
    wire.cut()
    assert (await sending).seq == 1
    assert len(server.logs[GENERAL].updates) == 1
    assert server.received.count("conversations.post_message") == 2


async def test_a_lost_answer_on_a_living_connection_is_asked_for_again(server, ana, monkeypatch):
    monkeypatch.setattr("tertulia.client.asking.ANSWER_SECONDS", 0.05)
    server.deaf = 1
    assert (await ana.send(GENERAL, "una vez")).seq == 1
    assert len(server.logs[GENERAL].updates) == 1


async def test_messages_refused_for_now_are_sent_again_in_order(server, ana):
    error = refusal("rate_limited", 429, retryable=True, retry_after_ms=1)["error"]
    server.refusals.extend([error] * 6)
    sends = [asyncio.create_task(ana.send(GENERAL, str(n))) for n in range(6)]
    await asyncio.gather(*sends)
    posted = [update["message"]["text"] for update in server.logs[GENERAL].updates]
    assert posted == [str(n) for n in range(6)]


async def test_a_refusal_for_good_is_raised_and_not_repeated(server, ana):
    server.refusals.append(refusal("conversations.archived", 403)["error"])
    with pytest.raises(Forbidden) as caught:
        await ana.send(GENERAL, "hola")
    assert caught.value.code == "conversations.archived"
    assert server.received.count("conversations.post_message") == 1


async def test_a_refusal_for_now_that_does_not_end_is_raised(server, ana):
    error = refusal("overloaded", 503, retryable=True)["error"]
    server.refusals.extend([error] * 50)
    with pytest.raises(TertuliaError) as caught:
        await ana.send(GENERAL, "hola")
    assert caught.value.code == "overloaded"
    assert server.received.count("conversations.post_message") == 8


async def test_the_same_id_is_the_same_message(server, ana):
    first = await ana.send(GENERAL, "una", id="01990000-0000-7000-8000-00000000aaaa")
    again = await ana.send(GENERAL, "dos", id=first.id)
    assert again == first


async def test_a_withdrawn_message_is_not_sent_on_return(server, wire, ana):
    wire.take_down()
    sending = asyncio.create_task(ana.send(GENERAL, "no"))
    await asyncio.sleep(0)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    wire.put_up()
    await ana.send(GENERAL, "sí")
    assert [u["message"]["text"] for u in server.logs[GENERAL].updates] == ["sí"]


async def test_a_command_that_is_not_answered_in_time_is_given_up(server, wire):
    async with Tertulia(wire.url, token="t-ana", timeout=0.2) as ana:
        wire.take_down()
        with pytest.raises(TimedOut):
            await ana.conversations.list_conversations()


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


async def test_a_goodbye_for_good_ends_the_client(server, ana):
    heard = ana.listen("#general")
    await server.goodbye(code="session_revoked", reconnect=False)
    with pytest.raises(SessionEnded):
        await anext(heard)
    with pytest.raises(SessionEnded):
        await ana.send("#general", "hola")


async def test_a_goodbye_for_now_brings_the_client_back(server, wire, ana):
    heard = ana.listen("#general")
    await server.goodbye(code="going_away", reconnect=True, after_ms=1)
    await ana.send("#general", "he vuelto")
    assert await texts(heard, 1) == ["he vuelto"]
    assert wire.connections == 2


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


async def test_a_conversation_of_others_is_not_heard(server, ana):
    with pytest.raises(NotFound):
        await anext(ana.listen("01990000-0000-7000-8000-00000000ffff"))


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


async def test_a_kept_message_is_sent_by_the_next_run(server):
    outbox = MemoryOutbox()
    outbox.keep(PostMessage(GENERAL, "de antes"))
    async with Tertulia(server.url, token="t-ana", outbox=outbox) as ana:
        assert await texts(ana.listen(GENERAL, since=0), 1) == ["de antes"]
        await ana.send(GENERAL, "de ahora")
    assert not outbox.list_unsent()
    assert server.logs[GENERAL].updates[0]["message"]["author"] != BRUNO


async def test_two_people_talk(server, ana):
    async with Tertulia(server.url, token="t-bruno") as bruno:
        heard = bruno.listen("#general")
        await asyncio.gather(*(ana.send("#general", str(n)) for n in range(50)))
        assert await texts(heard, 50) == [str(n) for n in range(50)]
