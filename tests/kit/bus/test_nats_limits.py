"""Nothing between two processes grows without limit, and what is dropped is counted."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from tertulia.kit import metrics
from tertulia.kit.bus.nats import hearing, outbox
from tertulia.kit.bus.nats.hearing import Subscription
from tertulia.kit.bus.nats.outbox import Outbox


def dropped(why: str) -> float:
    return metrics.REGISTRY.get_sample_value("tertulia_bus_dropped_total", {"why": why}) or 0.0


def said(payload: bytes) -> Any:
    return SimpleNamespace(subject="tertulia.x", data=payload, reply="", headers=None)


@pytest.mark.parametrize(("limit", "kept"), [("MOST_MESSAGES", 3), ("MOST_BYTES", 3)])
async def test_what_a_slow_listener_cannot_take_is_dropped(monkeypatch, limit, kept):
    monkeypatch.setattr(hearing, limit, kept)
    heard: list[bytes] = []
    go_on = asyncio.Event()

    async def listen(it):
        await go_on.wait()
        heard.append(it.payload)

    before = dropped("heard")
    subscription = Subscription("tertulia.x", listen)
    for n in range(5):
        await subscription.hear(said(b"%d" % n))
    go_on.set()
    await subscription.finished()
    assert heard == [b"0", b"1", b"2"]
    assert dropped("heard") - before == 2


async def test_a_listener_that_fails_hears_the_next(caplog):
    heard: list[bytes] = []

    async def listen(it):
        if it.payload == b"1":
            raise ZeroDivisionError
        heard.append(it.payload)

    subscription = Subscription("tertulia.x", listen)
    for n in range(3):
        await subscription.hear(said(b"%d" % n))
    await subscription.finished()
    assert heard == [b"0", b"2"]
    assert "bus_callback_failed" in caplog.text


class StuckServer:
    """Takes one message, and then nothing until it is told to."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.go_on = asyncio.Event()

    async def publish(self, _subject, payload, _reply, _headers):
        self.taken.append(payload)
        await self.go_on.wait()


async def test_what_a_stuck_server_does_not_take_is_dropped(monkeypatch):
    monkeypatch.setattr(outbox, "MOST_BYTES", 2)
    server: Any = StuckServer()
    box = Outbox(server)
    before = dropped("said")
    assert box.put("tertulia.x", b"1", "", None)
    assert box.put("tertulia.x", b"2", "", None)
    assert not box.put("tertulia.x", b"3", "", None)
    assert dropped("said") - before == 1
    server.go_on.set()
    await box.emptied(10)
    assert server.taken == [b"1", b"2"]


async def test_what_waits_is_not_kept_for_another_connection():
    server: Any = StuckServer()
    box = Outbox(server)
    box.put("tertulia.x", b"1", "", None)
    box.put("tertulia.x", b"2", "", None)
    await asyncio.sleep(0)
    box.close()
    server.go_on.set()
    await box.emptied(10)
    assert server.taken == [b"1"]
    assert not box.put("tertulia.x", b"3", "", None)
