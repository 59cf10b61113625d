"""Who says very much is slowed down or closed, and others do not notice."""

import asyncio

import pytest

from tertulia.realtime import Limits
from tests.realtime.defence.stand import Stand, held
from tests.realtime.fuzz import wire


def flood(packet: str, times: int) -> bytes:
    return wire.frame(packet) * times


# ---- events


async def test_events_above_the_rate_close_their_sender_with_its_reason(stand: Stand):
    stand.serve(Limits(events_per_second=10, event_burst_seconds=1), goodbye="goodbye")
    client, other = await stand.client(), await stand.client()
    await client.write(flood('42["x"]', 200))
    assert (await client.event("goodbye"))[0]["code"] == "rate_limited"
    assert await client.is_closed()
    await other.say('421["other"]')
    assert await other.ack(1) == []
    assert stand.ended == ["rate limited"]
    assert len([name for name, *_ in stand.heard if name == "x"]) <= 11


async def test_events_within_the_rate_are_heard(stand: Stand):
    stand.serve(Limits(events_per_second=100, event_burst_seconds=2))
    client = await stand.client()
    await client.write(flood('42["x"]', 190))
    await client.say('421["after"]')
    assert await client.ack(1) == []
    assert len(stand.heard) == 191


@pytest.mark.parametrize("packet", ['431["forged"]', "40/nowhere,", '42/nowhere,["x"]'])
async def test_every_packet_counts(stand: Stand, packet: str):
    stand.serve(Limits(events_per_second=10, event_burst_seconds=1))
    client = await stand.client()
    await client.write(flood(packet, 200))
    assert await client.is_closed()


async def test_a_poller_is_no_exception(stand: Stand):
    stand.serve(Limits(events_per_second=10, event_burst_seconds=1))
    poller = await stand.poller()
    await poller.post("\x1e".join(['42["x"]'] * 100))
    await poller.ends()
    assert stand.ended == ["rate limited"]
    assert len(stand.heard) <= 11


async def test_without_a_limit_a_flood_is_heard_in_order_and_others_are_served_meanwhile(
    stand: Stand,
):
    stand.serve()
    client, other = await stand.client(), await stand.client()
    data = b"".join(wire.frame(f'42["n",{number}]') for number in range(20_000))
    flooding = asyncio.create_task(client.write(data))
    served = 0
    while not flooding.done():
        served += 1
        await other.say(f'42{served}["other"]')
        assert await other.ack(served) == []
    await client.say('421["last"]')
    assert await client.ack(1) == []
    numbers = [args[0] for name, *args in stand.heard if name == "n"]
    assert numbers == list(range(20_000))


async def test_handlers_of_one_client_are_bounded_and_reading_stops_meanwhile(stand: Stand):
    stand.serve(Limits(handlers=5))
    gate, running, most = asyncio.Event(), 0, 0

    async def slow(sid: str) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await gate.wait()
        running -= 1

    stand.server.on("slow", slow)
    client, other = await stand.client(), await stand.client()
    await client.write(flood('42["slow"]', 1000))
    await stand.until(lambda: running == 5)
    await other.say('421["other"]')
    assert await other.ack(1) == []
    stand.soon(gate.set)
    await client.say('421["after"]')
    assert await client.ack(1) == []
    assert most == 5


async def test_clients_that_leave_while_they_are_held_up_leave_nothing(stand: Stand):
    limits = Limits(handlers=2, handshake_seconds=0.5, linger_seconds=0.2)
    stand.serve(limits, ping_interval=0.2, ping_timeout=0.2)
    await stand.works()
    await stand.until(lambda: not stand.server.eio.sockets)
    before, gate = held(), asyncio.Event()

    async def slow(sid: str) -> None:
        await gate.wait()

    stand.server.on("slow", slow)
    client, poller, post = await stand.client(), await stand.poller(), await stand.peer()
    await client.write(flood('42["slow"]', 100))
    await post.write(wire.post("\x1e".join(['42["slow"]'] * 100), poller.sid))
    await stand.works()
    client.reset()
    post.reset()
    await stand.until(lambda: not stand.server.eio.sockets)
    stand.soon(gate.set)
    await stand.nothing_stays(before)


# ---- heartbeats and control frames


@pytest.mark.parametrize("packet", ["3", "3probe", "6", "5"])
async def test_packets_nobody_asked_for_cost_nothing(stand: Stand, packet: str):
    stand.serve(ping_interval=60)
    client = await stand.client()
    before = await stand.does(count_tasks)
    await client.write(flood(packet, 20_000))
    await client.say('421["after"]')
    assert await client.ack(1) == []
    assert await stand.does(count_tasks) <= before + 1


async def count_tasks(_: object) -> int:
    return len(asyncio.all_tasks())


async def test_a_flood_of_pongs_brings_no_more_pings(stand: Stand):
    stand.serve(ping_interval=0.3, ping_timeout=5)
    client = await stand.client()
    await client.write(flood("3", 5000))
    await client.hears("2")
    await client.say("3", '421["after"]')
    assert await client.ack(1) == []
    assert (wire.TEXT, b"2") not in client.frames


@pytest.mark.parametrize("driver", ["fast"], indirect=True)
async def test_who_asks_for_pongs_and_never_reads_is_cut(stand: Stand):
    stand.serve()
    client = await stand.client(receive_buffer=4096)
    ping = wire.frame("x" * 125, wire.PING)
    for _ in range(200):
        await client.write_some(ping * 1000)
    await stand.until(lambda: stand.ended)
    await stand.works()


async def test_who_probes_on_and_on_is_cut(stand: Stand):
    stand.serve(Limits(handshake_seconds=60))
    poller = await stand.poller()
    upgrade = await stand.peer(receive_buffer=4096)
    await upgrade.open(poller.sid)
    probes = flood("2probe", 20_000)
    for _ in range(100):
        await upgrade.write_some(probes)
        if stand.server.eio.sockets[poller.sid].upgrading is None:
            break
    await stand.until(lambda: stand.server.eio.sockets[poller.sid].upgrading is None)
    again = await stand.peer()
    assert (await again.ask(wire.post('421["on"]', poller.sid))).status == 200
