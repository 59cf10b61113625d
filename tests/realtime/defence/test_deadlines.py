"""Whoever leaves something unfinished is closed when its time is over, and nothing of it stays."""

import asyncio
from typing import Any

import pytest

from tertulia.realtime import Limits
from tests.realtime.defence.peer import Peer
from tests.realtime.defence.stand import Poller, Stand, held
from tests.realtime.fuzz import wire

SHORT = Limits(handshake_seconds=0.4, linger_seconds=0.4)


@pytest.fixture
def stand(stand: Stand) -> Stand:
    return stand.serve(SHORT)


async def test_a_websocket_that_never_connects_is_closed(stand: Stand):
    peer = await stand.websocket()
    assert await peer.is_closed()
    await stand.works()


async def test_a_poller_that_never_connects_is_closed(stand: Stand):
    poller = await stand.poller_without_connect()
    assert await poller.ends() in {"1", '{"code":1,"message":"Session ID unknown"}'}


async def test_a_refused_connect_is_none(stand: Stand):
    peer = await stand.websocket()
    await peer.say("40/nowhere,")
    await peer.hears("44/nowhere,")
    assert await peer.is_closed()


async def test_who_leaves_every_namespace_is_closed(stand: Stand):
    peer = await stand.client()
    await peer.say("41")
    assert await peer.is_closed()
    assert stand.ended == ["client disconnect"]


async def test_who_connected_is_left_alone(stand: Stand):
    client, late = await stand.client(), await stand.websocket()
    assert await late.is_closed()
    await client.say('421["still here"]')
    assert await client.ack(1) == []


async def test_pings_instead_of_connect_do_not_help(stand: Stand):
    peer = await stand.websocket()

    async def ping() -> None:
        while True:
            await peer.write(wire.frame("", wire.PING) + wire.frame("3"))
            await asyncio.sleep(0.05)

    pinging = asyncio.create_task(ping())
    assert await peer.is_closed()
    pinging.cancel()


async def test_a_probe_that_is_never_sent_is_given_up_and_polling_goes_on(stand: Stand):
    poller = await stand.poller()
    upgrade = await stand.peer()
    assert (await upgrade.open(poller.sid)).status == 101
    assert await upgrade.is_closed()
    await goes_on(poller)


async def test_an_upgrade_that_is_never_finished_is_given_up_and_polling_goes_on(stand: Stand):
    poller = await stand.poller()
    upgrade = await stand.peer()
    await upgrade.open(poller.sid)
    await upgrade.say("2probe")
    assert await upgrade.hears("3probe")
    assert await upgrade.is_closed()
    await goes_on(poller)


@pytest.mark.parametrize("wrong", ["2", "5probe?", "4", "3probe", "", "6", b"2probe"])
async def test_a_wrong_probe_is_cut_and_polling_goes_on(stand: Stand, wrong: str | bytes):
    poller = await stand.poller()
    upgrade = await stand.peer()
    await upgrade.open(poller.sid)
    await upgrade.say(wrong)
    if wrong != "5probe?":
        assert await upgrade.is_closed()
        await goes_on(poller)


async def test_a_second_upgrade_is_refused_while_one_is_under_way(stand: Stand):
    poller = await stand.poller()
    first, second = await stand.peer(), await stand.peer()
    await first.open(poller.sid)
    await first.say("2probe")
    await first.hears("3probe")
    await second.open(poller.sid)
    assert await second.is_closed()
    await first.say("5", '421["upgraded"]')
    assert await first.ack(1) == []


async def goes_on(poller: Poller) -> None:
    assert await poller.post('421["on"]') == 200
    packets = await poller.poll()
    assert [packet for packet in packets if packet not in {"6", "2"}] == ["431[]"]


async def test_attachments_that_never_come_close_the_connection(stand: Stand):
    client, other = await stand.client(), await stand.client()
    await client.say('452-["file",{"_placeholder":true,"num":0}]', b"the first of two")
    assert await client.is_closed()
    assert stand.heard == []
    await other.say('421["other"]')
    assert await other.ack(1) == []


async def test_attachments_that_come_one_by_one_get_no_more_time(stand: Stand):
    client = await stand.client()
    await client.say('4510-["file"]')

    async def attach() -> None:
        for _ in range(9):
            await asyncio.sleep(0.1)
            await client.say(b"slowly")

    attaching = asyncio.create_task(attach())
    assert await client.is_closed()
    attaching.cancel()
    assert stand.heard == []


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
async def test_who_does_not_answer_a_close_frame_is_cut(stand: Stand):
    client = await stand.client()
    await client.say("4nonsense")
    assert await client.is_cut()


async def test_who_does_not_fetch_its_last_packets_is_forgotten(stand: Stand):
    poller = await stand.poller()
    assert await poller.post("4nonsense") == 200
    await stand.until(lambda: not stand.server.eio.sockets)


# ---- heartbeats


BEATS: dict[str, Any] = {"ping_interval": 0.2, "ping_timeout": 0.2}


async def test_a_websocket_that_never_answers_a_ping_is_closed(stand: Stand):
    stand.serve(**BEATS)
    client = await stand.client()
    assert await client.is_closed()
    assert stand.ended == ["ping timeout"]


async def test_a_poller_that_never_answers_a_ping_is_closed(stand: Stand):
    stand.serve(**BEATS)
    poller = await stand.poller()
    await poller.ends()
    await stand.until(lambda: stand.ended)
    assert stand.ended == ["ping timeout"]


async def test_a_poller_that_never_polls_is_closed(stand: Stand):
    stand.serve(SHORT, **BEATS)
    await stand.poller()
    await stand.until(lambda: stand.ended)
    await stand.until(lambda: not stand.server.eio.sockets)


async def test_events_are_no_pongs(stand: Stand):
    stand.serve(**BEATS)
    client = await stand.client()

    async def talk() -> None:
        while True:
            await client.say('42["talk"]')
            await asyncio.sleep(0.05)

    talking = asyncio.create_task(talk())
    assert await client.is_closed()
    talking.cancel()
    await stand.until(lambda: stand.ended == ["ping timeout"])


async def test_who_answers_stays(stand: Stand):
    stand.serve(**BEATS)
    client = await stand.client()
    for _ in range(5):
        await client.hears("2")
        await client.say("3")
    assert stand.ended == []


# ---- memory


async def test_nothing_stays_of_those_who_left_something_unfinished(stand: Stand):
    stand.serve(SHORT, **BEATS)
    await stand.works()
    await stand.until(lambda: not stand.server.eio.sockets)
    before = held()
    peers = [await unfinished(stand, number) for number in range(40)]
    assert all([await peer.is_closed() for peer in peers])
    await stand.nothing_stays(before)


async def unfinished(stand: Stand, number: int) -> Peer:
    if number % 4 == 0:
        return await stand.websocket()
    if number % 4 == 1:
        client = await stand.client()
        await client.say('451-["file"]')
        return client
    if number % 4 == 2:
        client = await stand.client()
        await client.say("4nonsense")
        return client
    upgrade = await stand.peer()
    await upgrade.open((await stand.poller()).sid)
    return upgrade
