"""What is sent: once and in order, to a server that refuses, forgets to answer and vanishes."""

import asyncio

import pytest

from tertulia.client import Tertulia, TertuliaError
from tertulia.client.commands.messages import PostMessage
from tertulia.client.errors import Forbidden, Withdrawn
from tertulia.client.outbox import MemoryOutbox
from tests.client.fake_server import BRUNO, GENERAL, MOMENT, refusal
from tests.client.words import texts, until


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


async def test_a_kept_message_is_sent_by_the_next_run(server):
    outbox = MemoryOutbox()
    outbox.keep(PostMessage(GENERAL, "de antes"))
    async with Tertulia(server.url, token="t-ana", outbox=outbox) as ana:
        assert await texts(ana.listen(GENERAL, since=0), 1) == ["de antes"]
        await ana.send(GENERAL, "de ahora")
    assert not outbox.list_unsent()
    assert server.logs[GENERAL].updates[0]["message"]["author"] != BRUNO


async def test_what_was_kept_is_sent_before_what_is_new_however_often_it_is_refused(server):
    outbox = MemoryOutbox()
    for n in range(3):
        outbox.keep(PostMessage(GENERAL, f"antes {n}"))
    error = refusal("overloaded", 503, retryable=True, retry_after_ms=1)["error"]
    server.refusals.extend([error] * 5)
    async with Tertulia(server.url, token="t-ana", outbox=outbox) as ana:
        await ana.send(GENERAL, "ahora")
    said = [update["message"]["text"] for update in server.logs[GENERAL].updates]
    assert said == ["antes 0", "antes 1", "antes 2", "ahora"]


async def test_what_nobody_waits_for_is_tried_for_as_long_as_it_takes(server, monkeypatch):
    monkeypatch.setattr("tertulia.client.asking.REFUSALS", 2)
    outbox = MemoryOutbox()
    outbox.keep(PostMessage(GENERAL, "paciente"))
    error = refusal("overloaded", 503, retryable=True)["error"]
    server.refusals.extend([error] * 5)
    async with Tertulia(server.url, token="t-ana", outbox=outbox) as ana:
        await ana.flush()
        assert not ana.list_unsent()
    assert len(server.logs[GENERAL].updates) == 1


async def test_what_is_refused_of_an_earlier_run_fails_until_it_is_written_anew(server):
    outbox = MemoryOutbox()
    outbox.keep(kept := PostMessage(GENERAL, "mal"))
    server.refusals.append(refusal("invalid", 422)["error"])
    async with Tertulia(server.url, token="t-ana", outbox=outbox) as ana:
        await ana.flush()
        await until(lambda: ana.list_unsent()[0].fate == "failed")
        assert ana.list_unsent()[0].refusal == "invalid"
        await ana.send(GENERAL, "bien", id=kept.id)
        assert not ana.list_unsent()
    assert [u["message"]["text"] for u in server.logs[GENERAL].updates] == ["bien"]


async def test_a_discarded_message_is_not_sent(server, wire, ana):
    wire.take_down()
    sending = asyncio.create_task(ana.send(GENERAL, "no"))
    await until(ana.list_unsent)
    (unsent,) = ana.list_unsent()
    assert unsent.fate == "sending"
    ana.discard(unsent.message.id)
    with pytest.raises(Withdrawn):
        await sending
    assert not ana.list_unsent()
    wire.put_up()
    await ana.send(GENERAL, "sí")
    assert [u["message"]["text"] for u in server.logs[GENERAL].updates] == ["sí"]


async def test_a_refused_sign_in_does_not_lose_what_is_unsent(server, wire):
    outbox = MemoryOutbox()
    async with Tertulia(wire.url, token="t-ana", outbox=outbox) as ana:
        wire.take_down()
        sending = asyncio.create_task(ana.send(GENERAL, "todavía"))
        await until(outbox.list_unsent)
        server.refuse_connection = {"code": "unauthenticated", "status": 401, "detail": "Sign in."}
        wire.put_up()
        with pytest.raises(TertuliaError):
            await sending
    server.refuse_connection = None
    async with Tertulia(server.url, token="t-ana", outbox=outbox) as ana:
        await ana.flush()
    assert [u["message"]["text"] for u in server.logs[GENERAL].updates] == ["todavía"]
