"""A pause, and what becomes of those who are connected when it is over."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from http import HTTPStatus

import pytest

from tertulia.accounts.contract import SessionsRevoked
from tertulia.conversations.contract.spaces import SpaceRemoved
from tertulia.conversations.contract.updates import ListHeads, LogHeads, Position
from tertulia.gateway.cluster import heartbeat
from tertulia.gateway.cluster.cluster import Cluster
from tertulia.kernel.actor import Actor
from tertulia.kit.bus.barriers import LEASE_SECONDS
from tertulia.kit.edge import space_room
from tertulia.presence.contract import Typing
from tertulia.runtime.services import edges
from tests.gateway.cluster.line import Broker, Owner
from tests.gateway.house import NOON, House, Person
from tests.gateway.site import Site, Visitor, serving


class Town:
    """A gateway that follows two owners over a line, in front of a house."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.broker = Broker()
        self.owners = {name: Owner(name) for name in ("accounts", "conversations")}
        self.slept = 0.0
        """Seconds that went by while the process stood still."""
        self.cluster = Cluster(
            self.broker, house.bus, edges(), now=lambda: time.monotonic() + self.slept
        )
        self.site: Site
        house.bus.serve(ListHeads, self._list_heads)

    async def lose(self) -> None:
        """The line is cut, and the lease ends."""
        self.broker.connected = False
        self.slept += LEASE_SECONDS
        assert self.cluster.late() == ("lease",)

    async def resume(self) -> None:
        """The line is there again, and so is the lease."""
        self.broker.connected = True
        await self.cluster.may_tell()

    def revoke(self, person: Person) -> None:
        """End a session, where nobody here hears of it at once."""
        del self.house.people[person.token]
        session_ids = [person.identity.session_id]
        self.owners["accounts"].commit(SessionsRevoked(user_id=person.id, session_ids=session_ids))

    def expel(self, person: Person) -> None:
        """Take somebody out of the space."""
        space_id = self.house.space_id
        removed = SpaceRemoved(space_id=space_id, user_id=person.id)
        self.owners["conversations"].commit(removed)

    async def _list_heads(self, request: ListHeads, _: Actor) -> LogHeads:
        ends = {it: len(self.house.posted[it]) for it in request.conversation_ids}
        return LogHeads(heads={it: Position(epoch="1", seq=end) for it, end in ends.items()})


@pytest.fixture
async def town(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    monkeypatch.setattr(heartbeat, "REPEAT_SECONDS", 0.001)
    town = Town(house)
    async with AsyncExitStack() as stack:
        for owner in town.owners.values():
            process = owner.serve(town.broker)
            await process.start()
            stack.push_async_callback(process.stop)
        town.site = await stack.enter_async_context(serving(house, cluster=town.cluster))
        await town.cluster.may_tell()
        yield town


async def test_who_was_signed_out_in_a_pause_is_closed_and_all_others_stay(
    town: Town, house: House
):
    ana, bruno = await town.site.visit(house.ana), await town.site.visit(house.bruno)
    await town.lose()
    town.revoke(house.bruno)
    town.expel(house.ana)
    await house.post(house.ana, house.taller, "en la pausa")
    await ana.silence()
    await town.resume()
    await bruno.closed.wait()
    assert _goodbyes(bruno) == [{"code": "session_revoked", "reconnect": False}]
    await ana.until("conversations.message_posted")
    await ana.until("conversations.space_removed")
    assert not ana.closed.is_set()
    assert "conversations.message_posted" not in bruno.names()


async def test_where_the_rows_are_gone_dead_sessions_are_closed_and_all_others_come_again(
    town: Town, house: House
):
    ana, bruno = await town.site.visit(house.ana), await town.site.visit(house.bruno)
    await town.lose()
    town.revoke(house.bruno)
    town.expel(house.ana)
    for owner in town.owners.values():
        owner.forget()
    await town.resume()
    assert not town.site.gateway._server.members(space_room(house.space_id))
    await bruno.closed.wait()
    await ana.closed.wait()
    assert [it["code"] for it in _goodbyes(ana)] == ["going_away"]
    assert _goodbyes(ana)[0]["reconnect"]
    assert await _refusal(town, house.bruno) == "unauthenticated"
    again = await town.site.visit(house.ana)
    await house.post(house.ana, house.taller, "otra vez")
    await again.until("conversations.message_posted")


async def test_where_only_sessions_may_have_ended_those_that_did_not_stay(town: Town, house: House):
    ana, bruno = await town.site.visit(house.ana), await town.site.visit(house.bruno)
    await town.lose()
    town.revoke(house.bruno)
    town.owners["accounts"].forget()
    await town.resume()
    await bruno.closed.wait()
    assert _goodbyes(bruno) == [{"code": "session_revoked", "reconnect": False}]
    await house.post(house.ana, house.taller, "sigo")
    await ana.until("conversations.message_posted")
    assert (await _profile(town, house.bruno)).status_code == HTTPStatus.UNAUTHORIZED


async def test_in_a_pause_everything_is_refused_for_now_and_what_may_be_lost_is(
    town: Town, house: House
):
    ana = await town.site.visit(house.ana)
    assert (await _profile(town, house.ana)).status_code == HTTPStatus.OK
    await town.lose()
    refused = await ana.says(house.taller, "¿hola?")
    assert (refused["error"]["code"], refused["ok"]) == ("unavailable", False)
    assert refused["error"]["retry_after_ms"] >= 1
    call = await _profile(town, house.ana)
    assert call.json()["code"] == "unavailable"
    assert int(call.headers["retry-after"]) >= 1
    http = await town.site.http()
    assert "lease" in (await http.get("/readyz")).json()["late"]
    assert await _refusal(town, house.carla) == "unavailable"
    await house.publish(Typing(conversation_id=house.taller, user_id=house.bruno.id, until=NOON))
    await town.resume()
    assert (await ana.says(house.taller, "¡hola!"))["ok"]
    await ana.until("conversations.message_posted")
    assert "presence.typing" not in ana.names()
    assert (await http.get("/readyz")).status_code == HTTPStatus.OK


async def _profile(town: Town, person: Person):
    http = await town.site.http(headers=person.bearer)
    return await http.get("/api/v1/users/me")


async def _refusal(town: Town, person: Person) -> str:
    raw = await town.site.websocket()
    await raw.until("0{")
    await raw.send("40" + json.dumps({"token": person.token}))
    return json.loads((await raw.until("44"))[2:])["message"]


def _goodbyes(visitor: Visitor) -> list[dict[str, object]]:
    return visitor.of("gateway.goodbye")
