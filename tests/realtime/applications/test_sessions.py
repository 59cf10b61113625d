"""User sessions: kept for a connection, by namespace."""


def login(socketio):
    """Saves a name in the connect handler and reads it in others."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def connect(sid, environ, auth):
        await sio.save_session(sid, {"username": auth["name"]})

    @sio.event
    async def message(sid, data):
        session = await sio.get_session(sid)
        return f"{session['username']}: {data}"

    @sio.event
    async def count(sid):
        async with sio.session(sid) as session:
            session["count"] = session.get("count", 0) + 1
            return session["count"]

    @sio.event
    async def whole(sid):
        return await sio.get_session(sid)

    @sio.event
    async def of(sid, other):
        return await sio.get_session(other)

    @sio.event
    async def last_words(sid, other):
        return left.get(other)

    left = {}

    @sio.event
    async def disconnect(sid):
        left[sid] = await sio.get_session(sid)

    return socketio.ASGIApp(sio)


async def test_what_is_saved_when_connecting_is_there_later(serve):
    site = serve(login)
    ana = await site.connect(auth={"name": "Ana"})
    bruno = await site.connect(auth={"name": "Bruno"})
    assert await ana.call("message", "hola") == "Ana: hola"
    assert await bruno.call("message", "hola") == "Bruno: hola"
    assert await ana.call("of", bruno.sid) == {"username": "Bruno"}


async def test_changes_inside_the_context_are_kept(serve):
    client = await serve(login).connect(auth={"name": "Ana"})
    assert [await client.call("count") for _ in range(3)] == [1, 2, 3]
    assert await client.call("whole") == {"username": "Ana", "count": 3}


async def test_the_session_is_there_in_the_disconnect_handler_and_gone_with_the_connection(serve):
    site = serve(login)
    ana, witness = await site.connect(auth={"name": "Ana"}), await site.connect(auth={"name": "W"})
    await ana.call("count")
    sid = ana.sid
    await ana.leave()
    while not (session := await witness.call("last_words", sid)):
        pass
    assert session == {"username": "Ana", "count": 1}
    back = await site.connect(auth={"name": "Ana"})
    assert await back.call("whole") == {"username": "Ana"}


def two_roles(socketio):
    """A session in each namespace."""
    sio = socketio.AsyncServer(async_mode="asgi", namespaces=["/", "/admin"])

    @sio.on("role", namespace="*")
    async def role(namespace, sid, name):
        async with sio.session(sid, namespace=namespace) as session:
            session["role"] = name

    @sio.on("save", namespace="/admin")
    async def save(sid, session):
        await sio.save_session(sid, session, namespace="/admin")

    @sio.on("look", namespace="*")
    async def look(namespace, sid):
        return await sio.get_session(sid, namespace=namespace)

    return socketio.ASGIApp(sio)


async def test_each_namespace_has_its_own_session(serve):
    client = await serve(two_roles).connect(namespaces=["/", "/admin"])
    assert await client.call("look") == {}
    await client.call("role", "guest")
    assert await client.call("look", namespace="/admin") == {}
    await client.call("save", {"role": "owner"}, namespace="/admin")
    assert await client.call("look") == {"role": "guest"}
    assert await client.call("look", namespace="/admin") == {"role": "owner"}
