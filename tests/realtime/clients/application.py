"""The application that the official client talks to. `oracle.mjs` is the same one in JavaScript."""

import asyncio
from collections import Counter
from urllib.parse import parse_qs


def application(socketio, **options):
    """Everything that a scenario of `stories.mjs` asks for."""
    options = {"ping_interval": 0.3, "ping_timeout": 20, **options}
    sio = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*", **options)
    for part in (answer, ask_back, answer_late, keep, number, reach_others, greet, let_in):
        part(sio, socketio.exceptions)
    return socketio.ASGIApp(sio)


def answer(sio, _):
    """Events that are answered at once."""

    @sio.event
    async def echo(sid, *data):
        await sio.emit("echo", data, to=sid)

    @sio.on("ask")
    async def ask(sid, *data):
        return data

    @sio.event
    async def nothing(sid):
        return None

    @sio.event
    async def size(sid, data):
        return len(data)

    @sio.on("naïve name 👋")
    async def naive(sid, *data):
        return ["naïve", *data]

    @sio.event
    async def transport(sid):
        return sio.transport(sid)

    @sio.event
    async def end(sid):
        await sio.disconnect(sid)


def ask_back(sio, exceptions):
    """Events that are answered with a question."""

    @sio.event
    async def question(sid, *data):
        async def answered(*answer):
            await sio.emit("answered", answer, to=sid)

        await sio.emit("question", data, to=sid, callback=answered)

    @sio.event
    async def impatient(sid):
        try:
            return await sio.call("question", to=sid, timeout=0.05)
        except exceptions.TimeoutError as error:
            return type(error).__name__


def answer_late(sio, _):
    """Events that are answered the third time, or never."""
    attempts = Counter()
    silence = asyncio.Event()

    @sio.event
    async def never(sid):
        await silence.wait()

    @sio.event
    async def retry(sid, name):
        attempts[name] += 1
        if attempts[name] < 3:
            await silence.wait()
        return attempts[name]


def keep(sio, _):
    """Events whose order is asked for afterwards."""
    came = {}

    @sio.on("keep")
    async def keep(sid, data):
        came.setdefault(sid, []).append(data)

    @sio.event
    async def kept(sid):
        return came.pop(sid, [])


def number(sio, _):
    """A series, asked for in an event or in the query."""

    @sio.event
    async def burst(sid, count):
        for n in range(count):
            await sio.emit("n", numbered(n), to=sid)


def numbered(n):
    """The event number n: text, or with bytes, or with nested bytes."""
    return [(n,), (n, bytes([n % 256])), ({"n": n, "in": [bytes([n % 256])]}, "end")][n % 3]


def reach_others(sio, _):
    """Rooms."""

    @sio.event
    async def join(sid, room):
        await sio.enter_room(sid, room)

    @sio.event
    async def depart(sid, room):
        await sio.leave_room(sid, room)

    @sio.event
    async def tell(sid, room, *data):
        await sio.emit("told", data, room=room, skip_sid=sid)

    @sio.event
    async def tell_all(sid, room, *data):
        await sio.emit("told", data, room=room)


def greet(sio, _):
    """Who comes to the default namespace, and what it brought."""

    @sio.event
    async def connect(sid, environ, auth):
        query = parse_qs(environ["QUERY_STRING"])
        if "burst" in query:
            sio.start_background_task(burst, sid, int(query["burst"][0]))
        token = environ.get("HTTP_X_TOKEN")
        colour = query.get("colour", [None])[0]
        await sio.save_session(sid, {"brought": (auth or {}, colour, token)})

    async def burst(sid, count):
        for n in range(count):
            await sio.emit("n", numbered(n), to=sid)
            if n % 10 == 0:
                await sio.sleep(0.001)

    @sio.event
    async def handshake(sid):
        return (await sio.get_session(sid))["brought"]


def let_in(sio, exceptions):
    """Other namespaces, and who may come in."""
    refused = exceptions.ConnectionRefusedError

    @sio.on("connect", namespace="/closed")
    async def closed(sid, environ, auth):
        raise refused("closed", {"code": 7})

    @sio.on("connect", namespace="/plainly-closed")
    async def plainly_closed(sid, environ, auth):
        raise refused("plainly closed")

    @sio.on("connect", namespace="/asks")
    async def asks(sid, environ, auth):
        if (auth or {}).get("token") != "abc":
            raise refused("who are you")

    @sio.on("ask", namespace="*")
    async def ask(namespace, sid, *data):
        return namespace, *data

    @sio.on("connect", namespace="/chat")
    async def chat(sid, environ, auth):
        return True

    @sio.on("end", namespace="/chat")
    async def end(sid):
        await sio.disconnect(sid, namespace="/chat")
