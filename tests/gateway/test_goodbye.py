"""A server that stops: it takes nobody in, finishes what it has, and says when to come back."""

import asyncio

from tertulia.conversations.contract.messages import GetMessage
from tertulia.kernel.ids import new_id
from tests.gateway.house import House
from tests.gateway.site import Site


async def test_everybody_is_told_and_closed(site: Site, house: House):
    visitors = [
        await site.visit(house.ana),
        await site.visit(house.bruno, transports=["polling"]),
        await site.visit(house.carla, namespace="/ws"),
        await site.visit(),
    ]
    await asyncio.wait_for(site.gateway.goodbye(2), 2)
    for visitor in visitors:
        await asyncio.wait_for(visitor.closed.wait(), 1)
        name, farewell = visitor.heard[-1]
        assert (name, farewell["code"], farewell["reconnect"]) == (
            "gateway.goodbye",
            "going_away",
            True,
        )
        assert farewell["after_ms"] > 0
    assert not len(site.gateway._connections)
    assert not site.gateway._server.eio.sockets


async def test_what_is_under_way_is_finished_and_acknowledged(site: Site, house: House):
    gate = house.gates[GetMessage] = asyncio.Event()
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send(f'421["conversations.get_message",{{"message_id":"{new_id()}"}}]')
    await site.until(lambda: house.asked_for(GetMessage))
    leaving = asyncio.create_task(site.gateway.goodbye(5))
    await asyncio.sleep(0.05)
    assert not leaving.done()
    gate.set()
    assert (await raw.ack(1))["error"]["code"] == "not_found"
    await raw.until('42["gateway.goodbye"')
    await leaving


async def test_nothing_new_is_begun_beside_what_is_finished(site: Site, house: House):
    gate = house.gates[GetMessage] = asyncio.Event()
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send(f'421["conversations.get_message",{{"message_id":"{new_id()}"}}]')
    await site.until(lambda: house.asked_for(GetMessage))
    leaving = asyncio.create_task(site.gateway.goodbye(5))
    await site.until(lambda: not site.gateway.ready)
    await site.until(lambda: all(it.turns._leaving for it in site.gateway._connections))
    said = f'{{"conversation_id":"{house.taller}","text":"tarde"}}'
    await raw.send(f'422["conversations.post_message",{said}]')
    refused = (await raw.ack(2))["error"]
    assert (refused["code"], refused["retryable"]) == ("overloaded", True)
    assert refused["retry_after_ms"] > 0
    gate.set()
    await raw.ack(1)
    await raw.until('42["gateway.goodbye"')
    await leaving
    assert house.posted[house.taller] == []


async def test_http_goes_on_but_no_connection_is_kept(site: Site, house: House):
    http = await site.http(headers=house.ana.bearer)
    assert "connection" not in (await http.get("/api/v1/users/me")).headers
    await site.gateway.goodbye(0.1)
    last = await http.get("/api/v1/users/me")
    assert (last.status_code, last.headers["connection"]) == (200, "close")


async def test_what_hangs_does_not_hold_up_the_stop(site: Site, house: House):
    house.gates[GetMessage] = asyncio.Event()
    raw = await site.websocket()
    await raw.connect(house.ana)
    await raw.send(f'421["conversations.get_message",{{"message_id":"{new_id()}"}}]')
    await site.until(lambda: house.asked_for(GetMessage))
    await asyncio.wait_for(site.gateway.goodbye(2), 3)
    house.gates[GetMessage].set()


async def test_goodbye_twice_is_no_harm(site: Site, house: House):
    await site.visit(house.ana)
    await site.gateway.goodbye(0.1)
    await site.gateway.goodbye(0.1)
