"""Names of namespaces and rooms that clients invent are not kept."""

import pytest

from tests.realtime.defence.stand import Stand, held
from tests.realtime.fuzz import wire


async def test_namespaces_that_clients_invent_are_forgotten_with_them(stand: Stand):
    stand.serve(namespaces="*")
    await stand.works()
    await stand.until(lambda: not stand.server.eio.sockets)
    before = held()
    client = await stand.client()
    for number in range(200):
        await client.say(f"40/invented-{number},")
        await client.hears(f"40/invented-{number},")
        await client.say(f"41/invented-{number},")
    client.close()
    await stand.nothing_stays(before)


async def test_one_client_is_in_few_namespaces_at_a_time(stand: Stand):
    stand.serve(namespaces="*")
    client, other = await stand.client(), await stand.client()
    await client.write(b"".join(wire.frame(f"40/invented-{number},") for number in range(10_000)))
    assert await client.is_closed()
    await other.say('421["other"]')
    assert await other.ack(1) == []


@pytest.mark.parametrize("name", ["/", "//", "/nowhere", "/ws?a=b", "/*", "/" + "x" * 50_000])
async def test_namespaces_that_nobody_serves_are_refused_and_not_kept(stand: Stand, name: str):
    stand.serve()
    client = await stand.client()
    before = held()
    for _ in range(5):
        if name != "/":
            await client.say(f"40{name},")
            await client.hears(f"44{name}".partition("?")[0])
    assert held()["Space"] <= before["Space"]


async def test_rooms_go_with_their_last_member(stand: Stand):
    stand.serve()

    async def wander(sid: str, room: str) -> None:
        await stand.server.enter_room(sid, room)
        await stand.server.leave_room(sid, room)

    async def stay(sid: str, room: str) -> None:
        await stand.server.enter_room(sid, room)

    stand.server.on("wander", wander)
    stand.server.on("stay", stay)
    await stand.works()
    await stand.until(lambda: not stand.server.eio.sockets)
    before = held()
    client = await stand.client()
    rooms = [
        f'42["{verb}","room {number}"]' for number in range(500) for verb in ("wander", "stay")
    ]
    await client.say(*rooms, '421["after"]')
    assert await client.ack(1) == []
    client.close()
    await stand.nothing_stays(before)
