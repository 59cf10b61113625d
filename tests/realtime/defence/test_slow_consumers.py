"""Who does not take what it is sent holds up nobody, and is ended before it costs much."""

import asyncio

import pytest

from tertulia.realtime import Limits, Server
from tests.realtime.defence.peer import Peer
from tests.realtime.defence.stand import Stand, held
from tests.realtime.fuzz import wire

SMALL = Limits(outgoing_bytes=200_000, outgoing_frames=256, drain_seconds=60, linger_seconds=0.2)


async def room_of(stand: Stand, *clients: Peer) -> None:
    """Everybody in one room."""

    async def join(sid: str) -> None:
        await stand.server.enter_room(sid, "room")

    stand.server.on("join", join)
    for client in clients:
        await client.say('421["join"]')
        await client.hears("431[")


async def emit_until(stand: Stand, over: str, data: object, most: int) -> int:
    """Emit to the room until somebody's end is told; how often."""

    async def emit(server: Server) -> int:
        for number in range(most):
            if stand.ended:
                return number
            server.tell("food", (number, data), to=over)
            await asyncio.sleep(0)
        return most

    return await stand.does(emit)


async def read_all(client: Peer, seen: list[int]) -> None:
    """Read for as long as the test goes."""
    while True:
        seen.append((await client.event("food"))[0])


@pytest.mark.parametrize("size", [1000, 20_000])
async def test_who_never_reads_is_ended_as_slow_and_others_miss_nothing(stand: Stand, size: int):
    stand.serve(SMALL)
    slow, other = await stand.client(receive_buffer=4096), await stand.client()
    await room_of(stand, slow, other)
    seen: list[int] = []
    reading = asyncio.create_task(read_all(other, seen))
    count = await emit_until(stand, "room", "x" * size, 100_000)
    assert stand.ended == ["slow"]
    await stand.until(lambda: len(seen) == count)
    reading.cancel()
    assert seen == list(range(count))


async def test_bytes_that_wait_are_bounded(stand: Stand):
    stand.serve(SMALL)
    slow, other = await stand.client(receive_buffer=4096), await stand.client()
    await room_of(stand, slow, other)
    reading = asyncio.create_task(read_all(other, []))
    kernel = 8 * 2**20
    count = await emit_until(stand, "room", "x" * 50_000, 10_000)
    reading.cancel()
    assert stand.ended == ["slow"]
    assert count * 50_000 < SMALL.outgoing_bytes + kernel


async def test_packets_that_wait_for_a_poller_are_bounded(stand: Stand):
    stand.serve(Limits(outgoing_frames=50, handshake_seconds=0.3))
    poller = await stand.poller()
    assert await poller.post('42["anything"]') == 200
    sid = next(iter(stand.server.space("/").members))
    count = await emit_until(stand, sid, "x", 1000)
    assert 50 <= count <= 60
    assert stand.ended == ["slow"]
    await stand.until(lambda: not stand.server.eio.sockets)


async def test_who_waits_for_a_poller_waits_no_longer_than_it_lives(stand: Stand):
    stand.serve(Limits(outgoing_frames=50), ping_interval=0.2, ping_timeout=0.2)
    await stand.poller()
    sid = next(iter(stand.server.space("/").members))

    async def emit(server: Server) -> None:
        for _ in range(40):
            await server.emit("food", "x", to=sid)

    await stand.does(emit)
    assert stand.ended == ["ping timeout"]


async def test_a_slow_client_gets_its_last_words(stand: Stand):
    stand.serve(Limits(outgoing_frames=50), goodbye="goodbye")
    poller = await stand.poller()
    sid = next(iter(stand.server.space("/").members))
    await emit_until(stand, sid, "x", 1000)
    assert stand.ended == ["slow"]
    packets = await poller.poll()
    assert packets[-2:] == ['42["goodbye",{"code":"slow","reconnect":true}]', "1"]


async def test_who_takes_nothing_for_long_is_ended_however_little_waits(stand: Stand):
    stand.serve(Limits(outgoing_bytes=64 * 2**20, outgoing_frames=10**6, drain_seconds=0.5))
    slow = await stand.client(receive_buffer=4096)
    sid = next(iter(stand.server.space("/").members))
    for _ in range(3):
        await stand.does(lambda server: server.emit("food", "x" * 6_000_000, to=sid))
    await stand.until(lambda: stand.ended)
    assert stand.ended == ["slow"]
    slow.close()


async def test_who_reads_slowly_but_reads_is_kept(stand: Stand):
    stand.serve(Limits(drain_seconds=0.5))
    client = await stand.client(receive_buffer=4096)
    sid = next(iter(stand.server.space("/").members))
    for number in range(20):
        await stand.does(lambda server, it=number: server.emit("food", (it, "x" * 9000), to=sid))
    for number in range(20):
        assert (await client.event("food"))[0] == number
        await asyncio.sleep(0.05)
    assert stand.ended == []


async def test_who_asks_much_and_never_reads_is_ended(stand: Stand):
    stand.serve(SMALL)
    client, other = await stand.client(receive_buffer=4096), await stand.client()
    for number in range(2000):
        await client.write_some(b"".join([event(number, 2000)] * 5))
        if stand.ended:
            break
    await stand.until(lambda: stand.ended)
    await other.say('421["other"]')
    assert await other.ack(1) == []


def event(number: int, size: int) -> bytes:
    return wire.frame(f'42{number}["echo","{"x" * size}"]')


async def test_a_ping_goes_in_front_of_what_waits(stand: Stand):
    stand.serve(Limits(drain_seconds=60), ping_interval=0.3, ping_timeout=30)
    client = await stand.client(receive_buffer=4096)
    sid = next(iter(stand.server.space("/").members))
    for number in range(100):
        await stand.does(lambda server, it=number: server.emit("food", (it, "x" * 5000), to=sid))
    await client.hears("2")
    await client.say("3", '421["alive"]')
    assert await client.ack(1) == []


async def test_nothing_stays_of_slow_clients(stand: Stand):
    stand.serve(SMALL)
    await stand.works()
    await stand.until(lambda: not stand.server.eio.sockets)
    stand.ended.clear()
    before = held()
    slow = [await stand.client(receive_buffer=4096) for _ in range(5)]
    await room_of(stand, *slow)

    async def emit(server: Server) -> None:
        while len(stand.ended) < len(slow):
            await server.emit("food", "x" * 20_000, room="room")
            await asyncio.sleep(0)

    await stand.does(emit)
    await stand.nothing_stays(before)


async def test_volatile_events_for_who_is_behind_are_dropped_and_not_heaped_up(stand: Stand):
    stand.serve(Limits(outgoing_frames=100, drain_seconds=60))
    client, other = await stand.client(receive_buffer=4096), await stand.client()
    await room_of(stand, client, other)

    async def emit(server: Server) -> None:
        for number in range(20_000):
            await server.emit("typing", ("x" * 500, number), room="room", volatile=True)
            if number % 100 == 0:
                await asyncio.sleep(0)

    await stand.does(emit)
    assert stand.ended == []
    await other.say('421["other"]')
    assert await other.ack(1) == []


async def test_subjects_of_volatile_events_are_bounded(stand: Stand):
    stand.serve()
    client = await stand.client()
    await room_of(stand, client)
    before = held()["Parcel"]

    async def emit(server: Server) -> int:
        for _ in range(2):
            for subject in range(10_000):
                await server.emit("typing", subject, room="room", volatile=("subject", subject))
        return held()["Parcel"] - before

    assert await stand.does(emit) < 6000


async def test_what_is_put_off_for_one_is_bounded(stand: Stand):
    stand.serve()
    client = await stand.client()
    await room_of(stand, client)
    before = held()["Parcel"]

    async def emit(server: Server) -> int:
        server.eio.volatile.waits = lambda: True
        (sid,) = server.space("/").members
        for subject in range(10_000):
            await server.emit("state", subject, to=sid, volatile=("subject", subject))
        return held()["Parcel"] - before

    assert await stand.does(emit) < 6000


async def test_a_room_keeps_no_more_than_its_ring(stand: Stand):
    stand.serve(Limits(outgoing_frames=10**6, outgoing_bytes=10**9, drain_seconds=60))
    slow, other = await stand.client(receive_buffer=4096), await stand.client()
    await room_of(stand, slow, other)
    before = held()["Parcel"]
    reading = asyncio.create_task(read_all(other, []))

    async def emit(server: Server) -> int:
        for number in range(6000):
            await server.emit("food", (number, "x" * 1000), room="room", skip_sid="nobody")
        return held()["Parcel"] - before

    kept = await stand.does(emit)
    reading.cancel()
    assert kept <= 1100
