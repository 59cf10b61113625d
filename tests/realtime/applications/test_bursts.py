"""More than may wait for a client, emitted in one go by a handler that awaits each."""

import pytest

from tests.realtime.serving import OURS

COUNT = 600


def generous(socketio):
    """Lists what it has, one event at a time."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def enumerate_all(sid):
        for number in range(COUNT):
            await sio.emit("number", number, to=sid)
        return "all"

    return socketio.ASGIApp(sio)


@pytest.mark.parametrize("driver", OURS, indirect=True)  # the other loses what is beyond 16 a poll
@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_client_that_keeps_reading_gets_a_long_list(serve, transport):
    client = await serve(generous).connect(transports=[transport])
    assert await client.call("enumerate_all") == "all"
    assert await client.hear(COUNT) == [("number", number) for number in range(COUNT)]
