"""Connections: what the connect handler sees, how it refuses, and why connections end."""

import asyncio

import pytest


def visitors(socketio):
    """The request and the authentication of who connects."""
    sio = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
    seen = {}

    @sio.event
    async def connect(sid, environ, auth):
        seen[sid] = environ, auth

    @sio.event
    async def look(sid):
        environ, auth = seen[sid]
        keys = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_X_TOKEN", "HTTP_ORIGIN")
        return [environ.get(key) for key in keys], auth

    @sio.event
    async def look_again(sid):
        environ = sio.get_environ(sid)
        same = all(environ[key] == seen[sid][0][key] for key in ("QUERY_STRING", "HTTP_HOST"))
        return same, environ["asgi.scope"]["type"]

    return socketio.ASGIApp(sio)


async def test_the_connect_handler_sees_the_request(serve):
    headers = {"X-Token": "abc", "Origin": "http://shop.example"}
    client = await serve(visitors).connect("?colour=blue", headers=headers)
    (method, path, query, token, origin), _ = await client.call("look")
    assert (method, path) == ("GET", "/socket.io/")
    assert {"colour=blue", "EIO=4", "transport=polling"} <= set(query.split("&"))
    assert (token, origin) == ("abc", "http://shop.example")


@pytest.mark.parametrize("auth", [{"token": "t"}, None, {"deep": {"er": ["ñ", 1]}}])
async def test_the_connect_handler_sees_the_authentication(serve, auth):
    client = await serve(visitors).connect(auth=auth)
    _, seen = await client.call("look")
    assert seen == auth


@pytest.mark.parametrize(("transport", "kind"), [("polling", "http"), ("websocket", "websocket")])
async def test_the_request_is_kept_as_long_as_the_connection(serve, transport, kind):
    client = await serve(visitors).connect(transports=[transport])
    assert await client.call("look_again") == (True, kind)


def without_authentication(socketio):
    """Connect handlers of the older form, and disconnect handlers without a reason."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def connect(sid, environ):
        await sio.emit("came", environ["PATH_INFO"], skip_sid=sid)

    @sio.event
    async def disconnect(sid):
        await sio.emit("left", sid)

    @sio.on("connect", namespace="/plain")
    def plain_connect(sid, environ):
        return True

    @sio.on("disconnect", namespace="/plain")
    def plain_disconnect(sid):
        sio.start_background_task(sio.emit, "left", sid)

    return socketio.ASGIApp(sio)


async def test_handlers_of_the_older_form_are_called_with_less(serve):
    site = serve(without_authentication)
    witness = await site.connect()
    client = await site.connect(namespaces=["/plain"])
    sid = client.sid_in("/plain")
    await client.leave()
    assert await witness.hears() == ("left", sid)
    other = await site.connect()
    assert await witness.hears() == ("came", "/socket.io/")
    sid = other.sid
    await other.leave()
    assert await witness.hears() == ("left", sid)


def doorkeeper(socketio):
    """Every way to refuse, by the authentication that asks for it."""
    sio = socketio.AsyncServer(async_mode="asgi")
    refused = socketio.exceptions.ConnectionRefusedError
    ways = {
        "nothing": refused(),
        "message": refused("No entry"),
        "data": refused("No entry", {"code": 7}),
        "several": refused("No entry", 1, "two"),
        "number": refused(404),
        "builtin": ConnectionRefusedError("not shown"),
    }

    @sio.event
    async def connect(sid, environ, auth):
        way = (auth or {}).get("way")
        if way in ways:
            raise ways[way]
        return way != "false"

    @sio.event
    async def disconnect(sid, reason):
        await sio.emit("left", reason)

    @sio.event
    async def ping(sid):
        return "pong"

    return socketio.ASGIApp(sio)


REFUSALS = {
    "false": {"message": "Connection rejected by server"},
    "nothing": {"message": "Connection rejected by server"},
    "message": {"message": "No entry"},
    "data": {"message": "No entry", "data": {"code": 7}},
    "several": {"message": "No entry", "data": [1, "two"]},
    "number": {"message": "404"},
    "builtin": {"message": "Connection refused by server"},
}


@pytest.mark.parametrize("way", REFUSALS)
async def test_a_connection_is_refused_with_what_the_handler_says(serve, way):
    site = serve(doorkeeper)
    witness = await site.connect()
    assert await site.refuses(auth={"way": way}) == REFUSALS[way]
    await witness.call("ping")
    assert await (await site.connect(auth={"way": "in"})).call("ping") == "pong"


async def test_who_was_refused_is_no_member_of_anything(serve):
    site = serve(doorkeeper)
    witness = await site.connect()
    await site.refuses(auth={"way": "false"})
    leaver = await site.connect()
    await leaver.leave()
    assert await witness.hears() == ("left", "client disconnect")


def eager(socketio):
    """Accepts first, and asks afterwards: the handler waits for somebody who decides."""
    sio = socketio.AsyncServer(async_mode="asgi", always_connect=True)
    decided = asyncio.Event()

    @sio.event
    async def connect(sid, environ, auth):
        await sio.emit("welcome", sid, to=sid)
        if auth is None:
            return True
        await decided.wait()
        if auth["way"] == "data":
            raise socketio.exceptions.ConnectionRefusedError("Changed my mind")
        return False

    @sio.event
    async def decide(sid):
        decided.set()

    return socketio.ASGIApp(sio)


async def test_always_connect_lets_the_handler_emit(serve):
    client = await serve(eager).connect()
    assert await client.hears() == ("welcome", client.sid)


@pytest.mark.parametrize("way", ["false", "data"])
async def test_always_connect_disconnects_who_is_refused(serve, way):
    site = serve(eager)
    client = await site.connect(auth={"way": way}, transports=["websocket"])
    assert await client.hears() == ("welcome", client.sid)
    await (await site.connect()).call("decide")
    assert await client.loses() == "server disconnect"
    assert client.errors == []


def farewells(socketio):
    """Tells everybody else why somebody left."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def disconnect(sid, reason):
        names = {v: k for k, v in vars(sio.reason).items() if k.isupper()}
        await sio.emit("left", (sid, reason, names[reason], sio.rooms(sid)))

    @sio.event
    async def end(sid, other):
        await sio.disconnect(other)
        return "ended"

    return socketio.ASGIApp(sio)


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]])
async def test_who_leaves_is_a_client_that_disconnects(serve, transports):
    site = serve(farewells)
    witness, client = await site.connect(), await site.connect(transports=transports)
    sid = client.sid
    await client.leave()
    heard = await witness.hears()
    assert heard == ("left", sid, "client disconnect", "CLIENT_DISCONNECT", [sid])


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]])
async def test_the_server_disconnects_a_client(serve, transports):
    site = serve(farewells)
    witness, client = await site.connect(), await site.connect(transports=transports)
    sid = client.sid
    assert await witness.call("end", sid) == "ended"
    assert await client.loses() == "server disconnect"
    assert await witness.hears() == ("left", sid, "server disconnect", "SERVER_DISCONNECT", [sid])


async def test_the_server_disconnects_nobody_twice(serve):
    site = serve(farewells)
    witness, client = await site.connect(), await site.connect()
    sid = client.sid
    assert await witness.call("end", sid) == "ended"
    assert await witness.call("end", sid) == "ended"
    assert await witness.call("end", "nobody") == "ended"
    assert (await witness.hears())[1] == sid
    await witness.call("end", witness.sid + "x")


async def test_a_connection_that_breaks_is_told_apart(serve):
    site = serve(farewells)
    witness, client = await site.connect(), await site.connect(transports=["websocket"])
    sid = client.sid
    client.break_off()
    assert (await witness.hears())[:3] == ("left", sid, "transport close")


def chosen_namespaces(socketio):
    """Namespaces that have no handler have to be named."""
    sio = socketio.AsyncServer(async_mode="asgi", namespaces=["/listed"])

    @sio.on("hello", namespace="/handled")
    async def hello(sid):
        return "hello"

    return socketio.ASGIApp(sio)


async def test_a_namespace_is_served_when_it_is_listed_or_has_a_handler(serve):
    client = await serve(chosen_namespaces).connect(namespaces=["/listed", "/handled"])
    assert await client.call("hello", namespace="/handled") == "hello"
    assert client.sid_in("/listed") != client.sid_in("/handled")


@pytest.mark.parametrize("namespace", ["/", "/other"])
async def test_any_other_namespace_is_refused(serve, namespace):
    refusal = await serve(chosen_namespaces).refuses(namespaces=[namespace])
    # Each server has its words; ours are those of the JavaScript one.
    assert refusal in ("Unable to connect", {"message": "Invalid namespace"})


def any_namespace(socketio):
    """Every namespace that a client names."""
    sio = socketio.AsyncServer(async_mode="asgi", namespaces="*")
    return socketio.ASGIApp(sio)


async def test_every_namespace_is_served_when_all_are(serve):
    client = await serve(any_namespace).connect(namespaces=["/", "/a", "/b/c"])
    assert len({client.sid_in(each) for each in ("/", "/a", "/b/c")}) == 3
