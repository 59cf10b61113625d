"""Commands sent without waiting: carried out in the order sent, on every transport."""

import asyncio
import json

import pytest

from tertulia.accounts.contract import RevokeSession, UpdateProfile
from tertulia.conversations.contract.messages import GetMessage, PostMessage
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tests.gateway.house import House
from tests.gateway.site import Site, serving


def post(number: int, conversation_id: str, text: str) -> str:
    fields = {"conversation_id": conversation_id, "text": text}
    return f"42{number}" + json.dumps(["conversations.post_message", fields])


def texts(house: House) -> list[str]:
    return [message.text for message in house.posted[house.taller]]


async def test_over_a_websocket_the_order_holds(site: Site, house: House):
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send(*(post(n, house.taller, str(n)) for n in range(300)))
    acks = {n: await raw.ack(n) for n in range(300)}
    assert texts(house) == [str(n) for n in range(300)]
    assert [ack["result"]["message"]["seq"] for ack in acks.values()] == list(range(1, 301))


async def test_letters_travel_as_they_are(site: Site, house: House):
    raw, polling = await site.websocket(), await site.polling()
    for client in (raw, polling):
        await client.connect(house.ana)
    await raw.send(post(1, house.taller, "ñandú 😀"))
    for client in (raw, polling):
        assert '"text":"ñandú 😀"' in await client.until('42["conversations.message_posted"')


async def test_half_a_letter_is_refused_and_costs_no_connection(site: Site, house: House):
    raw = await site.websocket()
    await raw.connect(house.ana)
    for number, name in enumerate(("message", "conversations.post_message")):
        await raw.send(f'42{number}["{name}",{{"\\ud800":1,"text":"\\udc00"}}]')
        assert (await raw.ack(number))["error"]["code"] == "invalid"
    await raw.send(post(9, house.taller, "hola"))
    assert (await raw.ack(9))["ok"]


@pytest.mark.parametrize("count", [17, 400])
async def test_more_packets_than_sixteen_in_one_body_are_all_carried_out_in_order(
    site: Site, house: House, count: int
):
    polling = await site.polling()
    await polling.connect(house.ana)
    posts = (post(n, house.taller, str(n)) for n in range(count))
    posting = asyncio.create_task(polling.post(*posts))
    seqs = []
    for n in range(count):
        ack = await polling.until(f"43{n}[")
        seqs.append(json.loads(ack[ack.index("[") :])[0]["result"]["message"]["seq"])
    assert (await posting).status_code == 200
    assert texts(house) == [str(n) for n in range(count)]
    assert seqs == list(range(1, count + 1))


async def test_a_polling_reply_holds_sixteen_packets_at_most(site: Site, house: House):
    polling = await site.polling()
    await polling.connect(house.ana)
    await polling.post(*(post(n, house.taller, str(n)) for n in range(100)))
    sizes = []
    while sum(sizes) < 200:
        sizes.append(len(await polling.poll()))
    assert sum(sizes) == 200
    assert max(sizes) == 16


async def test_a_slow_command_holds_later_ones_back(site: Site, house: House):
    gate = house.gates[UpdateProfile] = asyncio.Event()
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send('421["accounts.update_profile",{"display_name":"Ana María"}]')
    await raw.send(post(2, house.taller, "later"))
    await site.until(lambda: house.asked_for(UpdateProfile))
    await raw.send('423["conversations.list_conversations"]')
    await asyncio.sleep(0.05)
    assert not house.asked_for(PostMessage)
    gate.set()
    assert (await raw.ack(1))["ok"]
    assert (await raw.ack(2))["ok"]


async def test_a_query_sees_what_was_sent_before_it(site: Site, house: House):
    raw = await site.websocket()
    await raw.connect(house.ana)
    for number in range(0, 60, 2):
        message_id = new_id()
        fields = {"conversation_id": house.taller, "text": "a", "id": message_id}
        await raw.send(f"42{number}" + json.dumps(["conversations.post_message", fields]))
        question = ["conversations.get_message", {"message_id": message_id}]
        await raw.send(f"42{number + 1}" + json.dumps(question))
        assert (await raw.ack(number + 1))["ok"]


async def test_a_slow_query_does_not_hold_messages_back(site: Site, house: House):
    house.gates[GetMessage] = asyncio.Event()
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send(f'421["conversations.get_message",{{"message_id":"{new_id()}"}}]')
    await raw.send(post(2, house.taller, "at once"))
    assert (await raw.ack(2))["ok"]
    house.gates[GetMessage].set()
    assert (await raw.ack(1))["error"]["code"] == "not_found"


async def test_without_an_acknowledgement_a_command_is_carried_out_in_silence(
    site: Site, house: House
):
    raw = await site.websocket()
    await raw.connect(house.ana)
    fields = {"conversation_id": house.plaza, "text": "hola"}
    await raw.send("42" + json.dumps(["conversations.post_message", fields]))
    await raw.send('42["no.such_command",{}]')
    await raw.send("421" + json.dumps(["conversations.list_conversations"]))
    packets = [await raw.next() for _ in range(2)]
    assert packets[0].startswith('42["conversations.message_posted"')
    assert packets[1].startswith("431[")


async def test_a_deadline_that_passes_is_told(house: House):
    house.gates[GetMessage] = asyncio.Event()
    async with serving(house, Limits(deadline_seconds=0.1)) as site:
        ana = await site.visit(house.ana)
        answer = await ana.asks("conversations.get_message", {"message_id": new_id()})
        assert answer["error"]["code"] == "timeout"
        assert answer["error"]["retryable"] is True
        http = await site.http(headers=house.ana.bearer)
        problem = await http.get(f"/api/v1/messages/{new_id()}")
        assert (problem.status_code, problem.json()["code"]) == (504, "timeout")
        house.gates.clear()
        assert (await ana.says(house.taller, "goes on"))["ok"]


async def test_what_waits_behind_a_revoked_session_is_not_carried_out(site: Site, house: House):
    gate = house.gates[RevokeSession] = asyncio.Event()
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send('421["accounts.revoke_session",{"session_id":"current"}]')
    await raw.send(post(2, house.taller, "too late"))
    await site.until(lambda: house.asked_for(RevokeSession))
    gate.set()
    assert await raw.is_closed(2)
    assert texts(house) == []
