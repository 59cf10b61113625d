"""What is heard for those who arrive and for those who are brought in, before they are told anything."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import pytest

from tertulia.conversations.contract.conversations import Heads
from tertulia.gateway.live.interest import Everything
from tertulia.kernel.errors import AppError, Unavailable
from tests.gateway.house import House
from tests.gateway.site import Site


class Interest(Everything):
    """Notes the rooms that people come into, and may not be able to hear them."""

    def __init__(self) -> None:
        self.entered: list[list[str]] = []
        self.away: AppError | None = None
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def arrive(self, read_heads: Callable[[], Awaitable[Heads]]) -> Heads:
        if self.away is not None:
            raise self.away
        old = await read_heads()
        assert old.heads
        if self.meanwhile is not None:
            await self.meanwhile()
        return await read_heads()

    async def enter(self, rooms: Iterable[str]) -> None:
        self.entered.append(list(rooms))
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.away is not None:
            raise self.away


@pytest.fixture
async def interest(site: Site) -> AsyncIterator[Interest]:
    interest = Interest()
    site.gateway.hear_by(interest)
    yield interest
    interest.meanwhile = interest.away = None


async def test_who_arrives_stands_where_all_above_is_heard(
    site: Site, house: House, interest: Interest
):
    async def meanwhile() -> None:
        await house.post(house.bruno, house.taller, "mientras")

    interest.meanwhile = meanwhile
    ana = await site.visit(house.ana)
    assert (await ana.until("gateway.ready"))["heads"][house.taller]["head"] == 1
    assert "conversations.message_posted" not in ana.names()
    await house.post(house.bruno, house.taller, "después")
    assert (await ana.until("conversations.message_posted"))["seq"] == 2


async def test_who_is_brought_in_hears_only_when_nothing_can_be_missed(
    site: Site, house: House, interest: Interest
):
    carla = await site.visit(house.carla)

    async def meanwhile() -> None:
        await house.post(house.ana, house.taller, "antes")

    interest.meanwhile = meanwhile
    await house.add(house.carla, house.taller)
    added = await carla.until("conversations.added")
    assert added["conversation"]["head"] == 1
    await house.post(house.ana, house.taller, "después")
    assert (await carla.until("conversations.message_posted"))["seq"] == 2
    assert interest.entered == [[f"conversation:{house.taller}"]]


async def test_for_those_who_are_elsewhere_nothing_is_heard(
    site: Site, house: House, interest: Interest
):
    await site.visit(house.ana)
    await house.add(house.carla, house.taller)
    assert interest.entered == []


async def test_where_something_could_be_missed_they_come_again_and_nobody_else(
    site: Site, house: House, interest: Interest
):
    ana, carla = await site.visit(house.ana), await site.visit(house.carla)
    interest.away = Unavailable()
    await house.add(house.carla, house.taller)
    farewell = await carla.until("gateway.goodbye")
    assert (farewell["code"], farewell["reconnect"]) == ("going_away", True)
    await carla.closed.wait()
    assert "conversations.added" not in carla.names()
    await house.post(house.ana, house.taller, "hola")
    await ana.until("conversations.message_posted")


async def test_who_arrives_then_is_refused(site: Site, house: House, interest: Interest):
    interest.away = Unavailable()
    socket = await site.websocket()
    await socket.until("0{")
    await socket.send("40" + json.dumps({"token": house.ana.token}))
    refusal = json.loads((await socket.until("44"))[2:])
    assert refusal["message"] == "unavailable"
    assert refusal["data"]["retryable"]
