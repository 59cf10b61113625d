"""How much one may ask: the same bucket for every door, told with the time to wait."""

import asyncio
import json

import pytest

from tertulia.gateway.rate_limits import RateLimits
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import RateLimited
from tertulia.kernel.limits import Limits
from tests.gateway.house import House
from tests.gateway.site import in_process, open_gateway, serving

FEW = Limits(calls_per_second=1, calls_burst=10, sends_per_second=0.5, sends_burst=3)


def test_a_person_is_one_on_every_door_and_guests_count_by_address():
    rates = RateLimits(Limits(calls_per_second=1, calls_burst=1), now=lambda: 0.0)
    rates.check(Actor(id="ana", kind="person", address="1.1.1.1"))
    with pytest.raises(RateLimited):
        rates.check(Actor(id="ana", kind="person", address="2.2.2.2"))
    rates.check(Actor(id="guest-1", kind="guest", address="1.1.1.1"))
    with pytest.raises(RateLimited):
        rates.check(Actor(id="guest-2", kind="guest", address="1.1.1.1"))
    with pytest.raises(RateLimited):
        rates.check(Actor(id="", kind="nobody", address="1.1.1.1"))
    rates.check(Actor(id="guest-3", kind="guest", address="2.2.2.2"))
    rates.check(Actor(id="guest-4", kind="guest", address="2001:db8::1"))
    with pytest.raises(RateLimited):
        rates.check(Actor(id="guest-5", kind="guest", address="2001:db8::2"))


async def test_sends_have_a_limit_of_their_own(house: House):
    async with serving(house, FEW, rate_limits=True) as site:
        raw = await site.websocket()
        await raw.connect(house.ana)
        fields = {"conversation_id": house.taller, "text": "x"}
        for number in range(4):
            await raw.send(f"42{number}" + json.dumps(["conversations.post_message", fields]))
        acks = [await raw.ack(number) for number in range(4)]
        assert [ack["ok"] for ack in acks] == [True, True, True, False]
        error = acks[3]["error"]
        assert (error["code"], error["status"], error["retryable"]) == ("rate_limited", 429, True)
        assert 0 < error["retry_after_ms"] <= 2000
        await raw.send('429["conversations.list_conversations"]')
        assert (await raw.ack(9))["ok"]
        http = await site.http(headers=house.ana.bearer)
        answer = await http.post(
            f"/api/v1/conversations/{house.taller}/messages", json={"text": "x"}
        )
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert int(answer.headers["retry-after"]) >= 1
    assert len(house.posted[house.taller]) == 3


async def test_the_rate_comes_before_everything_else(house: House):
    async with in_process(open_gateway(house, FEW, rate_limits=True)) as http:
        for _ in range(10):
            assert (await http.get("/api/v1/users/me")).status_code == 401
        answer = await http.get("/api/v1/users/me")
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        for path in ("/api/v1/server", "/api/v1/users/me", "/socket.io/?EIO=4&transport=polling"):
            answer = await http.get(path)
            assert answer.status_code in {429, 503}
        dead = {"Authorization": "Bearer many different tokens"}
        assert (await http.get("/api/v1/users/me", headers=dead)).status_code == 429


async def test_too_many_handshakes_are_refused_before_they_begin(house: House):
    limits = Limits(calls_per_second=0.1, calls_burst=2)
    async with serving(house, limits, rate_limits=True) as site:
        http = await site.http()
        statuses = [
            (await http.get("/socket.io/?EIO=4&transport=polling")).status_code for _ in range(3)
        ]
    assert statuses == [200, 200, 429]


async def test_a_flood_ends_the_connection_and_harms_nobody(house: House):
    limits = Limits(calls_per_second=10, calls_burst=50)
    async with serving(house, limits, rate_limits=True) as site:
        bruno = await site.visit(house.bruno)
        raw = await site.websocket()
        await raw.connect(house.ana)
        for number in range(200):
            await raw.send(f'42{number}["conversations.list_conversations"]')
        goodbye = json.loads((await raw.until('42["gateway.goodbye"'))[2:])[1]
        assert goodbye["code"] == "rate_limited"
        assert goodbye["reconnect"] is True
        assert goodbye["after_ms"] > 0
        assert await raw.is_closed(2)
        assert (await bruno.says(house.taller, "unharmed"))["ok"]


async def test_benchmarks_turn_it_off(house: House):
    async with in_process(open_gateway(house, FEW, rate_limits=False)) as http:
        for _ in range(30):
            assert (await http.get("/api/v1/server")).status_code == 200


async def test_more_handshakes_than_are_taken_in_are_put_off_before_any_work(house: House):
    limits = Limits(handshakes_per_second=2)
    async with serving(house, limits, rate_limits=True) as site:
        http = await site.http()
        opening = [http.get("/ws?EIO=4&transport=polling") for _ in range(12)]
        answers = await asyncio.gather(*opening)
        assert {it.status_code for it in answers} == {200, 503}
        refused = [it for it in answers if it.status_code == 503]
        assert all(int(it.headers["retry-after"]) >= 1 for it in refused)
        assert not house.asked
