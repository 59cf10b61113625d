"""Two gateways on real NATS and PostgreSQL: who may hear nothing more hears nothing after the answer, cut or not."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from nats.aio.msg import Msg

from tertulia.accounts.contract import RevokeSession
from tertulia.conversations.contract.conversations import RemoveMember
from tertulia.kernel.actor import Actor
from tertulia.kernel.messages import Request
from tertulia.kit.bus.barriers import barriers_of
from tertulia.kit.bus.nats.hearing import Subscription
from tests.gateway.cluster.divided import SECONDS, Divided, Ear, divided
from tests.support.databases import a_database

pytestmark = pytest.mark.split

POSTED = "conversations.message_posted"


async def revoke(house: Divided, request: Request[Any], person: int, session_id: str = "") -> None:
    """Ask where the services are, as another gateway does; when it returns it is answered."""
    assert house.services.instance
    actor = Actor(id=house.ids[person], kind="person", session_id=session_id or None)
    await house.services.instance.bus.ask(request, actor)


async def ready(house: Divided, gateway: int) -> httpx.Response:
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        return await client.get(f"http://{house.hosts[gateway]}/readyz")


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await is_so():
            await asyncio.sleep(0.02)


async def paused(house: Divided, gateway: int) -> None:
    """Wait until a gateway says that it has no lease."""

    async def is_so() -> bool:
        return "lease" in (await ready(house, gateway)).json().get("late", [])

    await until(is_so)


def lines(ear: Ear) -> list[str]:
    return [body["message"]["text"] for body in ear.of(POSTED)]


async def test_a_sign_out_is_answered_when_no_gateway_tells_that_session_anything(
    nats_server, tmp_path, monkeypatch
):
    """The gateways do not learn of it in time: then they are silent when it is answered."""
    held: list[tuple[Subscription, Msg]] = []
    is_held = False
    hear = Subscription.hear

    async def hear_perhaps(subscription: Subscription, message: Msg) -> None:
        if is_held and message.subject == barriers_of("accounts"):
            held.append((subscription, message))
        else:
            await hear(subscription, message)

    monkeypatch.setattr(Subscription, "hear", hear_perhaps)
    with a_database("signout") as database:
        async with divided(nats_server.url, database, tmp_path, 2) as house:
            channel = await house.channel(0, 1)
            ana, bruno = await house.ear(0, gateway=0), await house.ear(1, gateway=1)
            await house.posts(0, channel, "antes")
            await bruno.until(POSTED)

            is_held = True
            session = bruno.ready["session_id"]
            await revoke(house, RevokeSession(session_id=session), 1, session)
            assert held
            await house.posts(0, channel, "después")
            await paused(house, gateway=1)
            is_held = False
            assert (await bruno.until("gateway.goodbye"))["code"] == "session_revoked"
            await ana.until_seq(channel, await house.posts(0, channel, "al fin"))
            assert lines(bruno) == ["antes"]
            assert lines(ana) == ["antes", "después", "al fin"]


async def test_who_is_removed_while_nats_is_away_hears_nothing_that_is_later(
    own_nats_server, tmp_path
):
    with a_database("cut") as database:
        async with divided(own_nats_server.url, database, tmp_path, 3) as house:
            channel = await house.channel(0, 1, 2)
            ana, bruno, carla = [await house.ear(n, gateway=n % 2) for n in range(3)]
            await asyncio.to_thread(own_nats_server.stop)
            await revoke(house, RemoveMember(conversation_id=channel, user_id=house.ids[1]), 0)
            await house.posts(0, channel, "después")
            for gateway in (0, 1):
                await paused(house, gateway)
            refused = await _conversations(house, gateway=1, person=2)
            assert refused.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            assert refused.json()["code"] == "unavailable"
            assert int(refused.headers["retry-after"]) >= 1

            await asyncio.to_thread(own_nats_server.start)
            await bruno.until("conversations.removed")
            last = await house.posts(0, channel, "al fin")
            for ear in (ana, carla):
                await ear.until_seq(channel, last)
                assert lines(ear) == ["después", "al fin"]
            assert lines(bruno) == []
            assert bruno.heard[-1][0] == "conversations.removed"


async def _conversations(house: Divided, gateway: int, person: int) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {house.tokens[person]}"}
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        url = f"http://{house.hosts[gateway]}/api/v1/conversations"
        return await client.get(url, headers=bearer)
