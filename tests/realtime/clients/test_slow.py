"""A client that stops reading is ended, and told so; everybody else receives everything."""

import json
import socket

import pytest

from tests.realtime.serving import OURS

COUNT, SIZE, ROUND = 120, 100_000, 5


def fountain(socketio):
    """Emits more to everybody than one client may have waiting."""
    sio = socketio.AsyncServer(async_mode="asgi", goodbye="goodbye")

    @sio.event
    async def disconnect(sid, reason):
        await sio.emit("left", (sid, reason))

    @sio.event
    async def flood(sid, readers):
        for n in range(COUNT):
            await sio.emit("drop", (n, "x" * SIZE))
            if n % ROUND == ROUND - 1:
                for reader in readers:
                    await sio.call("are you there", to=reader)

    return socketio.ASGIApp(sio)


def cramped(address):
    """A socket that takes little before somebody reads from it."""
    made = socket.socket(*address[:3])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    return made


@pytest.mark.parametrize("driver", OURS, indirect=True)
async def test_who_stops_reading_is_ended_and_the_others_receive_everything(serve):
    site = serve(fountain)
    readers = [await site.connect(transports=[it]) for it in ("websocket", "polling")]
    session = await site.session(socket_factory=cramped)
    async with session.ws_connect(f"{site.url}/socket.io/?EIO=4&transport=websocket") as slow:
        await slow.receive()
        await slow.send_str("40")
        sid = json.loads((await slow.receive()).data[2:])["sid"]
        await readers[0].emit("flood", [reader.sid for reader in readers])
        for reader in readers:
            heard = [await reader.hears() for _ in range(COUNT + COUNT // ROUND + 1)]
            drops = [it[1] for it in heard if it[0] == "drop"]
            assert drops == list(range(COUNT))
            assert [it for it in heard if it[0] == "left"] == [("left", sid, "slow")]
        taken = [message.data async for message in slow]
    numbers = [json.loads(it[2:])[1] for it in taken if it.startswith('42["drop"')]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) < COUNT
    assert taken[-1] == '42["goodbye",{"code":"slow","reconnect":true}]'


@pytest.mark.parametrize("driver", OURS, indirect=True)
async def test_who_stops_polling_is_ended_and_the_others_receive_everything(serve):
    site = serve(fountain)
    reader = await site.connect()
    session = await site.session()
    url = f"{site.url}/socket.io/?EIO=4&transport=polling"
    async with session.get(url) as opened:
        url += "&sid=" + json.loads((await opened.text())[1:])["sid"]
    async with session.post(url, data="40"), session.get(url) as answer:
        sid = json.loads((await answer.text())[2:])["sid"]
    await reader.emit("flood", [reader.sid])
    heard = [await reader.hears() for _ in range(COUNT + COUNT // ROUND + 1)]
    assert [it[1] for it in heard if it[0] == "drop"] == list(range(COUNT))
    assert [it for it in heard if it[0] == "left"] == [("left", sid, "slow")]
