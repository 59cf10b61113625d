"""Who comes when too many come, and how those who do not are told."""

import asyncio
from collections import Counter

import pytest

from tertulia.realtime import Limits
from tests.realtime.defence.peer import Answer, Peer
from tests.realtime.defence.stand import Stand
from tests.realtime.fuzz import wire

MOST_WAITING = 1024

# ---- per address


async def test_connections_of_one_address_are_capped_on_both_transports(stand: Stand):
    stand.serve(Limits(connections_per_address=3))
    await stand.client()
    await stand.poller()
    last = await stand.client()
    assert await refused(stand) == (429, 429)
    last.close()
    await stand.until(lambda: len(stand.server.eio.sockets) == 2)
    await stand.works()


async def refused(stand: Stand) -> tuple[int, int]:
    """The answers to one more poll and to one more WebSocket."""
    polling, websocket = await stand.peer(), await stand.peer()
    return (await polling.ask(wire.get())).status, (await websocket.open()).status


async def test_connections_that_never_connect_count(stand: Stand):
    stand.serve(Limits(connections_per_address=2, handshake_seconds=0.4, linger_seconds=0.2))
    waiting = [await stand.websocket() for _ in range(2)]
    assert await refused(stand) == (429, 429)
    assert all([await peer.is_closed() for peer in waiting])
    await stand.until(lambda: not stand.server.eio.sockets)
    await stand.works()


async def test_refused_handshakes_and_upgrades_do_not_count(stand: Stand):
    stand.serve(Limits(connections_per_address=1))
    for _ in range(5):
        peer = await stand.peer()
        assert (await peer.open("nobody")).status == 400
    poller = await stand.poller()
    upgrade = await stand.peer()
    assert (await upgrade.open(poller.sid)).status == 101
    await upgrade.say("2probe")
    await upgrade.hears("3probe")
    await upgrade.say("5", '421["upgraded"]')
    assert await upgrade.ack(1) == []


async def test_who_is_one_address_is_for_the_application_to_say(stand: Stand):
    stand.serve(Limits(connections_per_address=1))
    stand.server.eio.admission.address_of = lambda request: request.header(b"x-user")
    first = await stand.peer()
    assert (await first.open(X_User="ana")).status == 101
    assert [
        (await (await stand.peer()).open(**headers)).status
        for headers in ({"X_User": "ana"}, {"X_User": "bruno"}, {}, {})
    ] == [429, 101, 101, 101]


async def test_every_end_of_a_connection_is_counted(stand: Stand):
    limits = Limits(connections_per_address=1, handshake_seconds=0.3, linger_seconds=0.2)
    stand.serve(limits, ping_interval=0.2, ping_timeout=0.2)
    ends = ("41", "4nonsense", '42["after"]', "1", "")
    for end in ends * 2:
        client = await stand.client()
        await client.say(end)
        await client.is_closed()
        client.close()
        await stand.until(lambda: not stand.server.eio.admission.number("127.0.0.1"))


async def test_a_connect_handler_that_refuses_gives_the_place_back(stand: Stand):
    stand.serve(Limits(connections_per_address=1, handshake_seconds=0.3, linger_seconds=0.2))
    stand.server.on("connect", lambda sid, environ: False)
    for _ in range(3):
        peer = await stand.websocket()
        await peer.say("40")
        await peer.hears("44")
        assert await peer.is_closed()
        peer.close()
        await stand.until(lambda: not stand.server.eio.admission.number("127.0.0.1"))


# ---- all together


async def rush(stand: Stand, count: int, query: str = "") -> list[Answer]:
    """Handshakes that come at the same time; their answers."""
    peers = [await stand.peer() for _ in range(count)]
    request = wire.upgrade().replace(
        b"transport=websocket", b"transport=websocket" + query.encode()
    )

    async def ask(peer: Peer) -> Answer:
        return await peer.ask(request)

    return await asyncio.gather(*map(ask, peers))


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_above_the_rate_handshakes_are_told_when_to_come_back(stand: Stand, transport: str):
    stand.serve(Limits(handshakes_per_second=2, resume_share=0, admission_seconds=0.1))
    answers: list[Answer] = []
    for _ in range(6):
        peer = await stand.peer()
        answers.append(await (peer.ask(wire.get()) if transport == "polling" else peer.open()))
    statuses = Counter(answer.status for answer in answers)
    assert statuses[503] >= 2
    assert statuses[200 if transport == "polling" else 101] >= 2
    for answer in answers:
        if answer.status == 503:
            assert int(answer.headers["retry-after"]) >= 1


async def test_a_rush_is_served_at_its_rate_and_the_rest_refused(stand: Stand):
    stand.serve(Limits(handshakes_per_second=20, resume_share=0, admission_seconds=0.5))
    statuses = Counter(answer.status for answer in await rush(stand, 100))
    assert statuses.keys() == {101, 503}
    assert 20 <= statuses[101] <= 60


async def test_who_comes_back_comes_first(stand: Stand):
    stand.serve(Limits(handshakes_per_second=10, resume_share=0.5, admission_seconds=0.01))
    fresh = Counter(answer.status for answer in await rush(stand, 20))
    assert fresh[503] >= 10
    back = Counter(answer.status for answer in await rush(stand, 5, "&resume=1"))
    assert back[101] >= 3


async def test_open_sessions_are_not_asked_again(stand: Stand):
    stand.serve(Limits(handshakes_per_second=1, resume_share=0, admission_seconds=0.01))
    poller = await stand.poller()
    assert (await (await stand.peer()).ask(wire.get())).status == 503
    for _ in range(5):
        assert await poller.post('421["goes on"]') == 200
        assert await poller.poll() == ["431[]"]


async def test_who_gives_up_waiting_leaves_the_queue(stand: Stand):
    stand.serve(
        Limits(
            handshakes_per_second=5,
            resume_share=0,
            admission_seconds=1,
            handshake_seconds=0.5,
            linger_seconds=0.2,
        )
    )
    gone = [await stand.peer() for _ in range(30)]
    for peer in gone:
        await peer.write(wire.upgrade())
    for peer in gone:
        peer.reset()
    statuses = Counter(answer.status for answer in await rush(stand, 3))
    assert statuses[101] >= 1
    await stand.until(lambda: not stand.server.eio.sockets)


async def test_who_finds_too_many_waiting_is_refused_at_once(stand: Stand):
    stand.serve(Limits(handshakes_per_second=1, resume_share=0, admission_seconds=60))
    peers = [await stand.peer() for _ in range(1100)]
    for peer in peers:
        await peer.write(wire.upgrade())
    answering = [asyncio.ensure_future(peer.ask(b"")) for peer in peers]
    refused = 0
    for answer in asyncio.as_completed(answering):
        refused += (await answer).status == 503
        if refused >= 1100 - MOST_WAITING - 10:
            break
    for future in answering:
        future.cancel()
    await asyncio.gather(*answering, return_exceptions=True)
