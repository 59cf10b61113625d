"""Namespaces, made of decorated functions and of classes."""

import pytest


def decorated(socketio):
    """Handlers of three namespaces."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event(namespace="/chat")
    async def connect(sid, environ, auth):
        return auth != {"chat": False}

    @sio.event(namespace="/chat")
    async def my_custom_event(sid, data):
        await sio.emit("reply", data, to=sid, namespace="/chat")
        return "chat", sid

    @sio.on("my_custom_event", namespace="/news")
    async def my_news_event(sid, data):
        return "news", sid

    @sio.event
    async def my_default_event(sid):
        return "default", sid

    @sio.on("disconnect", namespace="/chat")
    async def leave_chat(sid, reason):
        await sio.emit("left chat", (sid, reason))

    @sio.on("close", namespace="/chat")
    async def close(sid):
        await sio.disconnect(sid, namespace="/chat")

    return socketio.ASGIApp(sio)


async def test_namespaces_have_their_own_handlers_and_session_ids(serve):
    client = await serve(decorated).connect(namespaces=["/", "/chat", "/news"])
    assert await client.call("my_default_event") == ("default", client.sid)
    answer = await client.call("my_custom_event", "x", namespace="/chat")
    assert answer == ("chat", client.sid_in("/chat"))
    assert await client.hears("/chat") == ("reply", "x")
    answer = await client.call("my_custom_event", "x", namespace="/news")
    assert answer == ("news", client.sid_in("/news"))


async def test_one_namespace_is_closed_and_the_others_go_on(serve):
    client = await serve(decorated).connect(namespaces=["/", "/chat"])
    sid = client.sid_in("/chat")
    await client.emit("close", namespace="/chat")
    assert await client.loses() == "server disconnect"
    assert await client.hears() == ("left chat", sid, "server disconnect")
    assert await client.call("my_default_event") == ("default", client.sid)


async def test_one_namespace_refuses_and_the_others_go_on(serve):
    site = serve(decorated)
    assert await site.refuses(namespaces=["/chat"], auth={"chat": False}) == {
        "message": "Connection rejected by server"
    }
    client = await site.connect(auth={"chat": False})
    assert await client.call("my_default_event") == ("default", client.sid)


def class_based(socketio):
    """Handlers are methods; the instance knows its namespace."""

    class Custom(socketio.AsyncNamespace):
        async def on_connect(self, sid, environ, auth):
            async with self.session(sid) as session:
                session["name"] = (auth or {}).get("name")

        def on_plain(self, sid, data):
            return "plain", data

        async def on_my_event(self, sid, data):
            await self.emit("my_response", data)

        async def on_room(self, sid, room):
            await self.enter_room(sid, room)
            await self.emit("my_response", sorted(self.rooms(sid)), room=room)
            await self.leave_room(sid, room)
            await self.enter_room(sid, room)
            await self.close_room(room)
            return self.rooms(sid)

        async def on_sessions(self, sid):
            session = await self.get_session(sid)
            await self.save_session(sid, {**session, "saved": True})
            return await self.get_session(sid)

        async def on_send(self, sid):
            await self.send("sent", to=sid)

        async def on_ask(self, sid):
            return await self.call("question", to=sid)

        async def on_leave_me(self, sid):
            await self.disconnect(sid)

        async def on_disconnect(self, sid, reason):
            await self.server.emit("left", (self.namespace, reason), namespace="/")

    sio = socketio.AsyncServer(async_mode="asgi")
    sio.register_namespace(Custom("/test"))
    return socketio.ASGIApp(sio)


async def test_methods_of_a_namespace_handle_its_events(serve):
    client = await serve(class_based).connect(namespaces=["/test"], auth={"name": "Ana"})
    call = client.call
    assert await call("plain", 1, namespace="/test") == ("plain", 1)
    await client.emit("my_event", {"n": 1}, namespace="/test")
    assert await client.hears("/test") == ("my_response", {"n": 1})
    sid = client.sid_in("/test")
    assert await call("room", "r", namespace="/test") == [sid]
    assert await client.hears("/test") == ("my_response", sorted(["r", sid]))
    assert await call("sessions", namespace="/test") == {"name": "Ana", "saved": True}
    await client.emit("send", namespace="/test")
    assert await client.hears("/test") == ("message", "sent")
    client.answers["question"] = lambda: ("one", 2)
    assert await call("ask", namespace="/test") == ("one", 2)


async def test_a_namespace_disconnects_a_client(serve):
    site = serve(class_based)
    client = await site.connect(namespaces=["/", "/test"])
    await client.emit("leave_me", namespace="/test")
    assert await client.loses() == "server disconnect"
    assert await client.hears() == ("left", "/test", "server disconnect")


async def test_an_event_without_a_method_is_ignored(serve):
    client = await serve(class_based).connect(namespaces=["/test"])
    await client.emit("unknown", 1, namespace="/test")
    assert await client.call("plain", 2, namespace="/test") == ("plain", 2)


def both_kinds(socketio):
    """A function and a method for the same event."""

    class Custom(socketio.AsyncNamespace):
        async def on_both(self, sid):
            return "method"

        async def on_method(self, sid):
            return "method"

    sio = socketio.AsyncServer(async_mode="asgi")
    sio.register_namespace(Custom("/test"))

    @sio.on("both", namespace="/test")
    async def both(sid):
        return "function"

    return socketio.ASGIApp(sio)


async def test_a_function_comes_before_a_method(serve):
    client = await serve(both_kinds).connect(namespaces=["/test"])
    assert await client.call("both", namespace="/test") == "function"
    assert await client.call("method", namespace="/test") == "method"


def dispatcher(socketio):
    """A namespace that dispatches by itself."""

    class Dispatcher(socketio.AsyncNamespace):
        async def trigger_event(self, event, *args):
            if event.startswith("math "):
                return sum(args[1:])
            return await super().trigger_event(event, *args)

        async def on_other(self, sid):
            return "other"

    sio = socketio.AsyncServer(async_mode="asgi")
    sio.register_namespace(Dispatcher())
    return socketio.ASGIApp(sio)


async def test_trigger_event_is_overridden(serve):
    client = await serve(dispatcher).connect()
    assert await client.call("math sum", 1, 2, 3) == 6
    assert await client.call("other") == "other"


def catch_all_class(socketio):
    """One class for every namespace."""

    class Everywhere(socketio.AsyncNamespace):
        async def on_my_event(self, namespace, sid, data):
            return namespace, data

        def on_connect(self, namespace, sid, environ, auth):
            return namespace != "/closed"

    sio = socketio.AsyncServer(async_mode="asgi", namespaces="*")
    sio.register_namespace(Everywhere("*"))
    return socketio.ASGIApp(sio)


async def test_a_class_is_registered_for_all_namespaces(serve):
    site = serve(catch_all_class)
    client = await site.connect(namespaces=["/a", "/b"])
    assert await client.call("my_event", 1, namespace="/a") == ("/a", 1)
    assert await client.call("my_event", 2, namespace="/b") == ("/b", 2)
    refusal = await site.refuses(namespaces=["/closed"])
    assert refusal == {"message": "Connection rejected by server"}


def legacy_class(socketio):
    """The disconnect handler of the older form."""

    class Legacy(socketio.AsyncNamespace):
        def on_connect(self, sid, environ):
            return True

        async def on_disconnect(self, sid):
            await self.emit("left", sid)

    sio = socketio.AsyncServer(async_mode="asgi")
    sio.register_namespace(Legacy("/old"))
    return socketio.ASGIApp(sio)


async def test_methods_of_the_older_form_are_called_with_less(serve):
    site = serve(legacy_class)
    witness = await site.connect(namespaces=["/old"])
    client = await site.connect(namespaces=["/old"])
    sid = client.sid_in("/old")
    await client.leave()
    assert await witness.hears("/old") == ("left", sid)


@pytest.mark.parametrize("wrong", [object(), "/test"])
def test_only_an_instance_is_registered(driver, wrong):
    server = driver.library().AsyncServer(async_mode="asgi")
    with pytest.raises(ValueError, match="namespace"):
        server.register_namespace(wrong)
