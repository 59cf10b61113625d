"""Coming in by socket: who gets in, what they are told first, and that nothing falls into the seam."""

import asyncio

import pytest
from socketio import exceptions

from tertulia.conversations.contract.conversations import GetHeads
from tertulia.kernel.limits import Limits
from tertulia.presence.contract import Connect, Disconnect
from tests.gateway.house import House
from tests.gateway.site import Site, Visitor, bare_client, end, serving

WAYS = {
    "default": {},
    "path-ws": {"socketio_path": "ws"},
    "path-ws-slash": {"socketio_path": "/ws/"},
    "polling": {"transports": ["polling"]},
    "websocket": {"transports": ["websocket"]},
    "namespace-ws": {"namespace": "/ws"},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
async def test_a_person_comes_in_on_every_way_and_talks(site: Site, house: House, way: dict):
    ana = await site.visit(house.ana, **way)
    ready = await ana.until("gateway.ready")
    assert ready["user"] == house.ana.identity.user.model_dump(mode="json")
    assert ready["session_id"] == house.ana.identity.session_id
    assert "token" not in ready
    assert ready["server"]["protocol"] == 1
    assert set(ready["heads"]) == {house.plaza, house.taller}
    assert set(ready["heads"][house.taller]) == {
        "epoch",
        "head",
        "read",
        "messages",
        "unread_count",
        "mention_count",
    }
    assert ready["reconnect"]["base_ms"] <= ready["reconnect"]["max_ms"]
    answer = await ana.says(house.taller, "hola")
    assert answer["ok"] is True
    assert answer["result"]["message"]["text"] == "hola"
    assert "created" not in answer["result"]
    update = await ana.until("conversations.message_posted")
    assert (update["seq"], update["type"]) == (1, "message_posted")
    assert ana.names()[0] == "gateway.ready"


@pytest.mark.parametrize("ws", ["websockets-sansio", "wsproto"])
async def test_it_runs_under_any_server_that_speaks_asgi(house: House, ws: str):
    pytest.importorskip(ws.partition("-")[0])
    async with serving(house, driver={"ws": ws}) as site:
        raw = await site.websocket()
        await raw.connect(house.ana)
        bruno = await site.visit(house.bruno)
        assert (await bruno.says(house.taller, "hola"))["ok"]
        assert "hola" in await raw.until('42["conversations.message_posted"')
        await house.revoke(house.ana)
        assert await raw.is_closed(2)


async def test_a_url_with_the_path_ws_works_as_printed(site: Site):
    visitor = Visitor()
    await visitor.open(f"{site.origin}/ws", socketio_path="ws", auth=None)
    await visitor.close()


@pytest.mark.parametrize("path", ["/ws", "/ws/", "/socket.io", "/socket.io/"])
async def test_no_path_is_answered_by_a_redirect(site: Site, house: House, path: str):
    polling = await site.polling(path)
    await polling.connect(house.ana)
    raw = await site.websocket(path)
    await raw.connect(house.ana)


@pytest.mark.parametrize(
    ("auth", "code"),
    [
        ({"token": "no such token"}, "unauthenticated"),
        ({"token": ""}, "unauthenticated"),
        ({"token": "x" * 100_000}, "unauthenticated"),
        ({"token": 7}, "invalid"),
        ({"token": ["a"]}, "invalid"),
        ({"tokens": "x"}, "invalid"),
        ({"protocol": 2}, "gateway.protocol_unsupported"),
        ({"protocol": "1"}, "invalid"),
        ({"name": "x" * 81}, "invalid"),
    ],
)
async def test_a_wrong_auth_is_refused_and_never_becomes_a_guest(site: Site, auth, code: str):
    told: asyncio.Queue = asyncio.Queue()
    client = bare_client()
    client.on("connect_error", told.put)
    with pytest.raises(exceptions.ConnectionError):
        await client.connect(site.origin, auth=auth)
    refusal = await asyncio.wait_for(told.get(), 2)
    await end(client)
    assert refusal["message"] == code
    assert refusal["data"]["code"] == code
    assert refusal["data"]["detail"]
    assert not len(site.gateway._connections)


@pytest.mark.parametrize("auth", ['"a string"', "[]", "null", "true"])
async def test_an_auth_that_is_no_object_ends_the_connection(site: Site, auth: str):
    raw = await site.websocket()
    await raw.until("0{")
    await raw.send(f"40{auth}")
    assert await raw.is_closed(1)


async def test_the_cookie_lets_in_beside_the_servers_own_origin_only(site: Site, house: House):
    raw = await site.websocket(additional_headers={**house.ana.cookie}, origin=site.origin)
    await raw.connect()
    raw = await site.websocket(additional_headers={**house.ana.cookie})
    await raw.until("0{")
    await raw.send("40")
    assert '"forbidden"' in await raw.until("44")


async def test_on_polling_the_post_that_brings_connect_decides(site: Site, house: House):
    polling = await site.polling(headers=house.ana.cookie)
    await polling.connect(headers={"Origin": site.origin})
    polling = await site.polling(headers=house.ana.cookie)
    await polling.post("40")
    assert '"forbidden"' in await polling.until("44")


async def test_a_token_goes_before_the_cookie(site: Site, house: House):
    raw = await site.websocket(additional_headers={**house.bruno.cookie})
    await raw.until("0{")
    await raw.send(f'40{{"token":"{house.ana.token}"}}')
    assert f'"id":"{house.ana.id}"' in await raw.until('42["gateway.ready"')


async def test_a_bearer_header_lets_in(site: Site, house: House):
    visitor = await site.visit(headers=house.carla.bearer)
    assert (await visitor.until("gateway.ready"))["user"]["id"] == house.carla.id


async def test_what_is_told_while_one_arrives_comes_after_ready_and_none_is_lost(
    site: Site, house: House
):
    await house.post(house.bruno, house.taller, "before")
    gate = house.gates[GetHeads] = asyncio.Event()
    arriving = asyncio.create_task(site.visit(house.ana))
    await site.until(lambda: house.asked_for(GetHeads))
    await house.post(house.bruno, house.taller, "meanwhile, in the heads")
    gate.set()
    ana = await arriving
    await house.post(house.bruno, house.taller, "after")
    await ana.until("conversations.message_posted")
    head = (await ana.until("gateway.ready"))["heads"][house.taller]["head"]
    assert ana.names()[0] == "gateway.ready"
    assert [it["seq"] for it in ana.of("conversations.message_posted")] == list(range(head + 1, 4))


async def test_what_is_posted_after_the_heads_were_read_is_played_after_ready(house: House):
    async with serving(house) as site:
        raw = await site.websocket()
        await raw.until("0{")
        read, go_on = asyncio.Event(), asyncio.Event()
        answer = house._get_heads

        async def slowly(request, actor):
            heads = await answer(request, actor)
            read.set()
            await go_on.wait()
            return heads

        house.bus._handlers[GetHeads] = slowly
        await raw.send(f'40{{"token":"{house.ana.token}"}}')
        await asyncio.wait_for(read.wait(), 2)
        await house.post(house.bruno, house.taller, "one")
        await house.post(house.bruno, house.taller, "two")
        await house.remove(house.ana, house.taller)
        await house.post(house.bruno, house.taller, "not for her")
        go_on.set()
        packets = [await raw.next() for _ in range(6)]
    assert packets[0].startswith("40")
    names = [packet.split('"')[1] for packet in packets[1:]]
    assert names == [
        "gateway.ready",
        "conversations.message_posted",
        "conversations.message_posted",
        "conversations.member_left",
        "conversations.removed",
    ]


async def test_a_session_that_ends_while_its_connection_arrives_is_refused(
    site: Site, house: House
):
    gate = house.gates[GetHeads] = asyncio.Event()
    raw = await site.websocket()
    await raw.until("0{")
    await raw.send(f'40{{"token":"{house.ana.token}"}}')
    await site.until(lambda: house.asked_for(GetHeads))
    await house.revoke(house.ana)
    gate.set()
    assert '"unauthenticated"' in await raw.until("44")
    assert not len(site.gateway._connections)


async def test_presence_hears_of_every_connection_that_comes_and_goes(site: Site, house: House):
    ana = await site.visit(house.ana)
    await site.until(lambda: house.asked_for(Connect))
    await ana.close()
    await site.until(lambda: house.asked_for(Disconnect))
    told = [actor for request, actor in house.asked if isinstance(request, Connect | Disconnect)]
    assert {actor.connection_id for actor in told} == {told[0].connection_id}
    assert told[0].id == house.ana.id


async def test_a_person_has_a_limited_number_of_connections(house: House):
    async with serving(house, Limits(connections_per_person=2)) as site:
        for _ in range(2):
            await site.visit(house.ana)
        raw = await site.websocket()
        await raw.until("0{")
        await raw.send(f'40{{"token":"{house.ana.token}"}}')
        refusal = await raw.until("44")
        assert '"message":"gateway.connection_limit"' in refusal
        await site.visit(house.bruno)


async def test_a_client_that_vanishes_while_it_arrives_leaves_nothing_behind(
    site: Site, house: House
):
    gate = house.gates[GetHeads] = asyncio.Event()
    raw = await site.websocket()
    await raw.until("0{")
    await raw.send(f'40{{"token":"{house.ana.token}"}}')
    await site.until(lambda: house.asked_for(GetHeads))
    await raw.ws.close()
    gate.set()
    await site.until(lambda: not len(site.gateway._connections))
    await site.until(lambda: not site.gateway._server.eio.sockets)
    assert not site.gateway._server.space("/").members
    assert not len(site.gateway._audience._arrivals)
