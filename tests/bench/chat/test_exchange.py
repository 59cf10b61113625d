"""The load on chat servers of other kinds: what it counts, and what it does not let pass."""

import asyncio
import os
import shutil
from collections import defaultdict

import pytest

from tertulia.bench.chat import exchange
from tertulia.bench.chat.exchange import Exchange, Plan
from tertulia.bench.chat.line import Account, Heard
from tertulia.bench.chat.servers import PROSODY, beside
from tertulia.bench.measures import at_rate, durable
from tertulia.bench.peers import Crowd
from tertulia.bench.workshop import Workshop

ROOMS: dict[str, list["FakeLine"]] = defaultdict(list)


class FakeLine:
    """A server in memory: everybody in a room hears what is said there, at once."""

    deaf = frozenset[str]()

    def __init__(self, _port: int, account: Account, heard: Heard) -> None:
        self._account = account
        self._heard = heard

    async def open(self) -> None:
        ROOMS[self._account.room].append(self)

    async def say(self, text: str) -> None:
        await asyncio.sleep(0)
        for line in ROOMS[self._account.room]:
            if line._account.name not in self.deaf:
                line._heard(text)

    async def close(self) -> None:
        ROOMS[self._account.room].remove(self)


@pytest.fixture(autouse=True)
def in_memory(monkeypatch):
    monkeypatch.setitem(exchange.KINDS, "fake", FakeLine)
    monkeypatch.setattr(exchange, "SETTLE_SECONDS", 0.1)


def plan(**options: float) -> Plan:
    accounts = [Account(f"person{at}", "", f"room{at // 3}") for at in range(6)]
    fields = {"seconds": 0.2, "warm_up": 0.05, **options}
    return Plan("fake", 0, os.getpid(), accounts, **fields)  # type: ignore[arg-type]


async def test_every_message_is_heard_by_its_room_alone():
    report = await Exchange(plan(window=12)).run()
    assert report["messages"] > 12
    assert report["deliveries"] == 3 * report["messages"]
    assert report["lost"] == 0
    assert report["latency"]["p50"] <= report["latency"]["p99"]


async def test_one_speaks_at_fixed_times():
    report = await Exchange(plan(rate=50)).run()
    assert report["messages"] == 9
    assert report["deliveries"] == 27


async def test_what_somebody_does_not_hear_is_lost(monkeypatch):
    monkeypatch.setattr(FakeLine, "deaf", frozenset({"person4"}))
    report = await Exchange(plan(window=2)).run()
    assert report["lost"] == 0  # the first two sit in the other room
    report = await Exchange(plan(window=6)).run()
    assert report["lost"] > 0


@pytest.mark.skipif(not shutil.which("prosody"), reason="prosody is not installed")
@pytest.mark.parametrize(
    "run",
    [durable(Crowd(4, 2), window=4, seconds=0.5), at_rate(Crowd(2, 2), rate=20, seconds=0.5)],
)
def test_a_real_server_is_measured(run, tmp_path):
    report = beside(run)(Workshop(tmp_path), PROSODY)
    assert report["messages"] > 0
    assert report["deliveries"] >= 2 * report["messages"]
