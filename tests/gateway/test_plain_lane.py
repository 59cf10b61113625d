"""The plain lane: `message` in and out, for a first client without an account."""

import asyncio
import subprocess
import sys

import pytest

from tertulia.conversations.contract.conversations import GetHeads
from tertulia.conversations.contract.messages import PostMessage
from tests.gateway.house import House
from tests.gateway.site import Site, serving

WAYS = [
    {"transports": ["polling"]},
    {"transports": ["websocket"]},
    {"socketio_path": "ws"},
    {"namespace": "/ws"},
]


@pytest.mark.parametrize("way", WAYS, ids=repr)
async def test_a_guest_speaks_and_hears_itself_and_others(site: Site, house: House, way: dict):
    guest = await site.visit(**way)
    ready = await guest.until("gateway.ready")
    assert ready["user"]["kind"] == "guest"
    assert ready["token"]
    assert set(ready["heads"]) == {house.plaza}
    answer = await guest.asks("message", "Hola desde el cliente")
    assert answer["result"]["message"]["conversation_id"] == house.plaza
    assert answer["result"]["message"]["text"] == "Hola desde el cliente"
    await house.post(house.ana, house.plaza, "hola, guest")
    await guest.until("message", 2)
    assert guest.of("message") == ["Guest: Hola desde el cliente", "Ana: hola, guest"]
    assert [it["seq"] for it in guest.of("conversations.message_posted")] == [1, 2]
    assert guest.names()[1:3] == ["conversations.message_posted", "message"]


async def test_a_guest_may_give_a_name_and_comes_back_as_the_same(site: Site, house: House):
    first = await site.visit(auth={"name": "Lola"})
    ready = await first.until("gateway.ready")
    assert ready["user"]["display_name"] == "Lola"
    again = await site.visit(auth={"token": ready["token"], "name": "Lola"})
    ready_again = await again.until("gateway.ready")
    assert ready_again["user"]["id"] == ready["user"]["id"]
    assert ready_again["token"] == ready["token"]


async def test_who_is_signed_in_posts_by_it_too_and_hears_updates_only(site: Site, house: House):
    ana = await site.visit(house.ana)
    answer = await ana.asks("message", {"text": "from Ana"})
    assert answer["result"]["message"]["author"]["id"] == house.ana.id
    await ana.until("conversations.message_posted")
    await ana.silence()
    assert "message" not in ana.names()


async def test_messages_elsewhere_are_not_told_to_guests(site: Site, house: House):
    guest = await site.visit()
    await house.post(house.ana, house.taller, "not in the plaza")
    await guest.silence()


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        (None, "invalid"),
        (7, "invalid"),
        ({}, "invalid"),
        ({"text": 7}, "invalid"),
        ("x" * 16_001, "invalid"),
        (["a"], "invalid"),
        ({"text": "a", "conversation_id": "x"}, "invalid"),
        ({"text": "a", "reply_to": "x"}, "invalid"),
    ],
    ids=lambda it: repr(it)[:20],
)
async def test_a_message_that_is_none_is_refused(site: Site, house: House, argument, code: str):
    guest = await site.visit()
    assert (await guest.asks("message", argument))["error"]["code"] == code
    assert not house.asked_for(PostMessage)


async def test_a_guest_uses_the_plaza_and_nothing_else(site: Site, house: House):
    guest = await site.visit()
    assert (await guest.says(house.plaza, "by command"))["ok"]
    assert (await guest.says(house.taller, "x"))["error"]["code"] == "not_found"
    assert (await guest.asks("accounts.get_profile"))["error"]["code"] == "forbidden"
    assert (await guest.asks("accounts.list_sessions"))["error"]["code"] == "forbidden"
    typing = await guest.asks("presence.set_typing", {"conversation_id": house.plaza})
    assert typing["ok"]


async def test_where_guests_cannot_come_nobody_becomes_one(house: House):
    house.guests = False
    async with serving(house) as site:
        raw = await site.websocket()
        await raw.until("0{")
        await raw.send("40")
        assert '"message":"unauthenticated"' in await raw.until("44")
        ana = await site.visit(house.ana)
        assert (await ana.asks("message", "anybody?"))["error"]["code"] == "not_found"


async def test_what_is_not_local_is_no_guest(site: Site):
    raw = await site.websocket(additional_headers={"X-Forwarded-For": "127.0.0.1"})
    await raw.until("0{")
    await raw.send("40")
    assert '"unauthenticated"' in await raw.until("44")


async def test_the_plaza_is_found_once_it_is_there(house: House):
    house.guests = False
    async with serving(house) as site:
        house.guests = True
        ana = await site.visit(house.ana)
        for _ in range(2):
            assert (await ana.asks("message", "hola"))["ok"]
    asked = [actor for request, actor in house.asked if isinstance(request, GetHeads)]
    assert len([actor for actor in asked if actor.kind == "guest"]) == 1


CLIENT = """
import sys
import socketio

sio = socketio.Client()

@sio.on("message")
def heard(text):
    print(text, flush=True)
    sio.disconnect()

sio.connect(sys.argv[1], **({"socketio_path": "ws"} if "ws" in sys.argv[2:] else {}))
sio.send("Hola desde el cliente")
sio.wait()
"""


@pytest.mark.parametrize("more", [["ws"], []], ids=["path-ws", "default-path"])
async def test_the_ten_line_client_works_as_printed(site: Site, more: list[str]):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        CLIENT,
        f"{site.origin}/ws",
        *more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 20)
    assert (out.decode().strip(), err.decode()) == ("Guest: Hola desde el cliente", "")
