"""A session that ends: its sockets are closed before whoever ended it is answered."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tertulia.accounts.contract import Authenticate
from tertulia.conversations.contract.conversations import ListConversations
from tests.gateway.house import House
from tests.gateway.site import Site


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
@pytest.mark.parametrize("namespace", ["/", "/ws"])
async def test_sockets_are_closed_before_the_answer(
    site: Site, house: House, transports: list[str], namespace: str
):
    ana = await site.visit(house.ana, transports=transports, namespace=namespace)
    bruno = await site.visit(house.bruno)
    await house.revoke(house.ana)
    assert not [it for it in site.gateway._connections if it.actor.id == house.ana.id]
    await house.post(house.bruno, house.taller, "after")
    await bruno.until("conversations.message_posted")
    await asyncio.wait_for(ana.closed.wait(), 2)
    assert ana.heard[-1] == ("gateway.goodbye", {"code": "session_revoked", "reconnect": False})
    assert "conversations.message_posted" not in ana.names()


async def test_over_http_the_answer_comes_after_the_goodbye(site: Site, house: House):
    raw = await site.websocket()
    await raw.connect(house.ana)
    http = await site.http(headers=house.ana.bearer)
    answer = await http.delete("/api/v1/sessions/current")
    assert answer.status_code == 204
    assert raw.ws.state.name != "OPEN" or await raw.is_closed(0.2)
    received = [await raw.next() for _ in range(2)]
    assert received[0].startswith('42["gateway.goodbye",{"code":"session_revoked"')
    assert received[1] == "41"
    assert (await http.get("/api/v1/users/me")).status_code == 401
    again = await site.websocket()
    await again.until("0{")
    await again.send(f'40{{"token":"{house.ana.token}"}}')
    assert '"unauthenticated"' in await again.until("44")


async def test_on_polling_the_goodbye_waits_for_the_next_poll(site: Site, house: House):
    polling = await site.polling()
    await polling.connect(house.ana)
    revoking = asyncio.create_task(house.revoke(house.ana))
    goodbye = await polling.until("42")
    assert goodbye.startswith('42["gateway.goodbye"')
    await asyncio.wait_for(revoking, 0.9)
    response = await polling.post("42[]")
    assert response.status_code == 400


async def test_a_client_that_takes_nothing_does_not_hold_up_a_revocation(site: Site, house: House):
    polling = await site.polling()
    await polling.connect(house.ana)
    await asyncio.wait_for(house.revoke(house.ana), 0.5)
    assert all(it.closed for it in site.gateway._server.eio.sockets.values())


async def test_other_sessions_go_on(site: Site, house: House):
    ana = await site.visit(house.ana)
    await house.revoke(house.bruno)
    assert (await ana.says(house.taller, "still here"))["ok"]


async def test_a_token_is_dead_at_once_although_it_was_just_looked_up(site: Site, house: House):
    http = await site.http(headers=house.ana.bearer)
    for _ in range(3):
        assert (await http.get("/api/v1/users/me")).is_success
    await house.revoke(house.ana)
    assert (await http.get("/api/v1/users/me")).status_code == 401


async def test_a_body_that_comes_after_the_revocation_is_refused(site: Site, house: House):
    begun = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'{"text":'
        begun.set()
        await revoked.wait()
        yield b'"too late"}'

    revoked = asyncio.Event()
    http = await site.http(headers={**house.ana.bearer, "content-type": "application/json"})
    posting = asyncio.create_task(
        http.post(f"/api/v1/conversations/{house.taller}/messages", content=body())
    )
    await begun.wait()
    await site.until(lambda: house.asked_for(Authenticate))
    await house.revoke(house.ana)
    revoked.set()
    assert (await posting).status_code == 401
    assert not house.posted[house.taller]


async def test_an_answer_that_is_found_after_the_revocation_is_kept_back(site: Site, house: House):
    gate = house.gates[ListConversations] = asyncio.Event()
    http = await site.http(headers=house.ana.bearer)
    asking = asyncio.create_task(http.get("/api/v1/conversations"))
    await site.until(lambda: house.asked_for(ListConversations))
    await house.revoke(house.ana)
    gate.set()
    assert (await asking).status_code == 401


async def test_a_session_that_expires_ends_its_connections_at_the_next_look(
    site: Site, house: House
):
    ana, bruno, guest = [await site.visit(it) for it in (house.ana, house.bruno, None)]
    house.people.pop(house.ana.token)
    await site.gateway._rechecks.recheck()
    await asyncio.wait_for(ana.closed.wait(), 2)
    assert ana.heard[-1][1] == {"code": "session_revoked", "reconnect": False}
    assert (await bruno.says(house.taller, "still here"))["ok"]
    assert (await guest.says(house.plaza, "still here"))["ok"]
