"""Events to clients: what can be sent, to whom, and from where."""

import pytest
from fastapi import FastAPI

from tests.realtime.serving import OURS


def sender(socketio):
    """Emits what the tests choose."""
    sio = socketio.AsyncServer(async_mode="asgi")
    payloads = {
        "nothing": None,
        "text": "hola",
        "bytes": b"\x00\xff",
        "list": [1, "two", b"three"],
        "dict": {"a": {"b": [b"c", None]}},
        "tuple": ("one", 2, {"three": 3}, b"four"),
        "one in a tuple": ("one",),
        "empty tuple": (),
        "list in a tuple": ([1, 2],),
        "number": 1.5,
        "false": False,
    }

    @sio.event
    async def emit(sid, which):
        await sio.emit("sent", payloads[which], to=sid)

    @sio.event
    async def send(sid, which):
        await sio.send(payloads[which], room=sid)

    return socketio.ASGIApp(sio)


PAYLOADS = {
    "nothing": (),
    "text": ("hola",),
    "bytes": (b"\x00\xff",),
    "list": ([1, "two", b"three"],),
    "dict": ({"a": {"b": [b"c", None]}},),
    "tuple": ("one", 2, {"three": 3}, b"four"),
    "one in a tuple": ("one",),
    "empty tuple": (),
    "list in a tuple": ([1, 2],),
    "number": (1.5,),
    "false": (False,),
}


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_tuple_is_several_arguments_and_anything_else_is_one(serve, transport):
    client = await serve(sender).connect(transports=[transport])
    for which, arguments in PAYLOADS.items():
        await client.emit("emit", which)
        assert await client.hears() == ("sent", *arguments)
        await client.emit("send", which)
        assert await client.hears() == ("message", *arguments)


def postman(socketio):
    """Emits to whom the tests choose; `end` reaches everybody."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def emit(sid, options):
        await sio.emit("letter", options, **options)
        await sio.emit("end")

    @sio.event
    async def enter(sid, *rooms):
        for room in rooms:
            await sio.enter_room(sid, room)
        return sorted(sio.rooms(sid))

    return socketio.ASGIApp(sio)


async def three(site):
    """Ana is in red, Bruno in red and blue, Carla in none."""
    ana, bruno, carla = [await site.connect() for _ in range(3)]
    assert await ana.call("enter", "red") == sorted(["red", ana.sid])
    assert await bruno.call("enter", "red", "blue") == sorted(["blue", "red", bruno.sid])
    assert await carla.call("enter") == [carla.sid]
    return {"ana": ana, "bruno": bruno, "carla": carla}


@pytest.mark.parametrize(
    ("options", "reached"),
    [
        ({}, ["ana", "bruno", "carla"]),
        ({"to": "red"}, ["ana", "bruno"]),
        ({"room": "blue"}, ["bruno"]),
        ({"to": "nowhere"}, []),
        ({"to": ["red", "blue"]}, ["ana", "bruno"]),
        ({"to": ["blue", "nowhere", "$carla"]}, ["bruno", "carla"]),
        ({"to": "$ana"}, ["ana"]),
        ({"to": "$ana", "room": "blue"}, ["ana"]),
        ({"skip_sid": "$ana"}, ["bruno", "carla"]),
        ({"to": "red", "skip_sid": "$bruno"}, ["ana"]),
        ({"to": "red", "skip_sid": ["$bruno", "$ana", "nobody"]}, []),
        ({"skip_sid": ["$bruno"], "namespace": "/"}, ["ana", "carla"]),
        ({"namespace": "/elsewhere"}, []),
    ],
)
async def test_an_event_reaches_whom_it_is_meant_for_once(serve, options, reached):
    people = await three(serve(postman))

    def with_ids(value):
        if isinstance(value, list):
            return [with_ids(each) for each in value]
        return people[value[1:]].sid if value.startswith("$") else value

    options = {key: with_ids(value) for key, value in options.items()}
    await people["carla"].emit("emit", options)
    for name, client in people.items():
        if name in reached:
            assert await client.hears() == ("letter", options)
        assert await client.hears() == ("end",)


def everywhere(socketio):
    """Emits from a background task, from an HTTP endpoint and from a handler of another client."""
    sio = socketio.AsyncServer(async_mode="asgi")
    http = FastAPI()

    async def count(sid, until):
        for n in range(until):
            await sio.sleep(0)
            await sio.emit("count", n, to=sid)

    @sio.event
    async def start(sid, until):
        task = sio.start_background_task(count, sid, until=until)
        await task
        await sio.emit("counted", task.done(), to=sid)

    @http.post("/announce/{text}")
    async def announce(text: str):
        await sio.emit("announcement", text)
        return {"announced": text}

    @sio.event
    async def whisper(sid, other, text):
        await sio.emit("whisper", (sid, text), to=other)

    return socketio.ASGIApp(sio, http)


async def test_a_background_task_emits(serve):
    client = await serve(everywhere).connect()
    await client.emit("start", 3)
    assert await client.hear(4) == [("count", 0), ("count", 1), ("count", 2), ("counted", True)]


async def test_an_http_endpoint_emits(serve):
    site = serve(everywhere)
    clients = [await site.connect(), await site.connect(transports=["polling"])]
    response = await (await site.http()).post("/announce/hola")
    assert response.json() == {"announced": "hola"}
    for client in clients:
        assert await client.hears() == ("announcement", "hola")


async def test_a_handler_emits_to_another_client(serve):
    site = serve(everywhere)
    ana, bruno = await site.connect(), await site.connect()
    await ana.emit("whisper", bruno.sid, "psst")
    assert await bruno.hears() == ("whisper", ana.sid, "psst")


def welcoming(socketio):
    """Emits to who connects, once it is accepted."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def connect(sid, environ):
        sio.start_background_task(welcome, sid)

    async def welcome(sid):
        await sio.emit("welcome", sid, to=sid)

    return socketio.ASGIApp(sio)


async def test_a_task_that_the_connect_handler_starts_emits_to_who_connected(serve):
    client = await serve(welcoming).connect()
    assert await client.hears() == ("welcome", client.sid)


def many(socketio):
    """Emits a long series, from one coroutine."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def series(sid, length):
        for n in range(length):
            await sio.emit("n", n, to=sid)
        return "all"

    return socketio.ASGIApp(sio)


async def test_events_arrive_in_the_order_of_their_emits(serve):
    client = await serve(many).connect()
    assert await client.call("series", 200) == "all"
    assert await client.hear(200) == [("n", n) for n in range(200)]


@pytest.mark.parametrize("driver", OURS, indirect=True)  # the other loses what is beyond 16 packets
async def test_events_arrive_in_the_order_of_their_emits_by_polling(serve):
    client = await serve(many).connect(transports=["polling"])
    assert await client.call("series", 200) == "all"
    assert await client.hear(200) == [("n", n) for n in range(200)]


def ungone(socketio):
    """Emits to somebody who has left."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def emit_to(sid, other):
        await sio.emit("hello", to=other)
        await sio.send("hello", to=other)
        return sio.rooms(other)

    return socketio.ASGIApp(sio)


async def test_emitting_to_who_has_left_is_nothing(serve):
    site = serve(ungone)
    ana, bruno = await site.connect(), await site.connect()
    assert await ana.call("emit_to", "never was") == []
    assert await ana.call("emit_to", bruno.sid) == [bruno.sid]
    assert await bruno.hear(2) == [("hello",), ("message", "hello")]
