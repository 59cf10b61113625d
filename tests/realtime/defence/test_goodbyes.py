"""Who is sent away is told why and when to come back, and who does not go is cut."""

import asyncio

import pytest

from tertulia.realtime import Limits, Server
from tests.realtime.defence.stand import Stand, held

SHORT = Limits(linger_seconds=0.3, handshake_seconds=0.5)


async def dismiss(stand: Stand, code: str = "session_revoked", after_ms: int | None = None) -> None:
    async def act(server: Server) -> None:
        for sid in list(server.space("/").members):
            await server.dismiss(sid, code, after_ms=after_ms)

    await stand.does(act)


async def test_a_goodbye_names_its_reason_and_the_delay_that_the_server_chose(stand: Stand):
    stand.serve(SHORT, goodbye="goodbye")
    client = await stand.client()
    await dismiss(stand, "going_away", 1234)
    assert (await client.event("goodbye"))[0] == {
        "code": "going_away",
        "reconnect": True,
        "after_ms": 1234,
    }
    assert await client.is_closed()
    assert stand.ended == ["server disconnect"]


async def test_a_goodbye_comes_after_all_that_was_sent_and_nothing_after_it(stand: Stand):
    stand.serve(SHORT, goodbye="goodbye")
    client = await stand.client()

    async def act(server: Server) -> None:
        sid = next(iter(server.space("/").members))
        for number in range(100):
            await server.emit("n", number, to=sid)
        await server.dismiss(sid, "going_away")
        await server.emit("n", "too late", to=sid)

    await stand.does(act)
    assert [(await client.event("n"))[0] for _ in range(100)] == list(range(100))
    await client.event("goodbye")
    assert await client.is_closed()


async def test_a_poller_is_told_too(stand: Stand):
    stand.serve(SHORT, goodbye="goodbye")
    poller = await stand.poller()
    await dismiss(stand, after_ms=5)
    packets = await poller.poll()
    assert packets[-1] == "1"
    assert '"after_ms":5' in packets[-2]


async def test_nothing_that_is_said_after_a_goodbye_is_heard(stand: Stand):
    stand.serve(SHORT, goodbye="goodbye")
    client = await stand.client()
    await dismiss(stand)
    await client.say('42["after"]', "40", b"bytes", "1")
    assert await client.is_closed()
    await stand.works()
    assert ("after",) not in stand.heard


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
async def test_who_does_not_go_is_cut(stand: Stand):
    stand.serve(SHORT, goodbye="goodbye")
    client = await stand.client()
    await dismiss(stand)

    async def stay() -> None:
        while True:
            await client.say('42["still"]')
            await asyncio.sleep(0.02)

    staying = asyncio.create_task(stay())
    assert await client.is_cut()
    staying.cancel()


async def test_everyone_is_sent_away_with_delays_that_are_spread(stand: Stand):
    stand.serve(SHORT, goodbye="goodbye")
    clients = [await stand.client() for _ in range(10)]
    shutting = asyncio.create_task(
        stand.does(lambda server: server.shutdown(0.2, spread_ms=10_000))
    )
    delays = [(await client.event("goodbye"))[0]["after_ms"] for client in clients]
    await shutting
    assert len(set(delays)) == 10
    assert 0 <= min(delays) <= max(delays) <= 10_000
    assert all([await client.is_closed() for client in clients])


async def test_nothing_stays_of_those_who_were_sent_away(stand: Stand):
    stand.serve(SHORT, goodbye="goodbye")
    await stand.works()
    await stand.until(lambda: not stand.server.eio.sockets)
    before = held()
    clients = [await stand.client() for _ in range(5)]
    pollers = [await stand.poller() for _ in range(5)]
    await dismiss(stand)
    assert all([await client.is_closed() for client in clients])
    assert len(pollers) == 5
    await stand.nothing_stays(before)
