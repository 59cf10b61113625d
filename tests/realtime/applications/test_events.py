"""Events from clients: how handlers are named, and what they are given."""

import asyncio
import gc
import weakref


def named_handlers(socketio):
    """By the name of the function, by a string, and in a call."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def my_event(sid, data):
        await sio.emit("heard", ("my_event", data), to=sid)

    @sio.on("my custom event")
    async def another_event(sid, data):
        await sio.emit("heard", ("my custom event", data), to=sid)

    async def by_call(sid, data):
        await sio.emit("heard", ("by call", data), to=sid)

    sio.on("by call", handler=by_call)
    return socketio.ASGIApp(sio)


async def test_a_handler_is_named_by_its_function_by_a_string_or_in_a_call(serve):
    client = await serve(named_handlers).connect()
    for name in ("my_event", "my custom event", "by call"):
        await client.emit(name, {"n": 1})
        assert await client.hears() == ("heard", name, {"n": 1})


def arguments(socketio):
    """Handlers with no data, with one value, with several, and with any number."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def nothing(sid):
        return "nothing"

    @sio.event
    async def one(sid, data):
        return data

    @sio.event
    async def two(sid, first, second):
        return [second, first]

    @sio.event
    async def any_number(sid, *data):
        return list(data)

    return socketio.ASGIApp(sio)


async def test_a_handler_gets_as_many_arguments_as_were_emitted(serve):
    client = await serve(arguments).connect()
    assert await client.call("nothing") == "nothing"
    assert await client.call("one", {"a": [1, 2.5, None, True]}) == {"a": [1, 2.5, None, True]}
    assert await client.call("two", "x", b"y") == [b"y", "x"]
    assert await client.call("any_number", *range(12)) == list(range(12))


async def test_text_of_every_alphabet_arrives(serve):
    client = await serve(arguments).connect()
    for text in (
        "ñandú",
        "日本語",
        "مرحبا",
        "👩‍👩‍👧‍👦 🇪🇸",
        "\u2028\u2029",
        'quote " slash \\ tab \t nul \0',
    ):
        assert await client.call("one", text) == text
        assert await client.call("one", {text: [text]}) == {text: [text]}


async def test_bytes_arrive_wherever_they_are(serve):
    client = await serve(arguments).connect()
    for data in (b"", b"\x00\xff", {"deep": [{"er": b"abc"}, b"def"]}, bytes(range(256))):
        assert await client.call("one", data) == data
    assert await client.call("any_number", b"1", "2", b"3") == [b"1", "2", b"3"]


def plain_functions(socketio):
    """Functions and coroutines side by side."""
    sio = socketio.AsyncServer(async_mode="asgi")
    came = []

    @sio.event
    def connect(sid, environ):
        came.append("connect")

    @sio.event
    def plain(sid, data):
        came.append(data)
        return "plain", data

    @sio.event
    async def coroutine(sid):
        return came

    return socketio.ASGIApp(sio)


async def test_handlers_are_functions_or_coroutines(serve):
    client = await serve(plain_functions).connect()
    assert await client.call("plain", 7) == ("plain", 7)
    assert await client.call("coroutine") == ["connect", 7]


def catch_all_events(socketio):
    """What has no handler of its own goes to `*`."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.on("*")
    async def any_event(event, sid, *data):
        return "any", event, list(data)

    @sio.event
    async def known(sid, data):
        return "known", data

    return socketio.ASGIApp(sio)


async def test_a_catch_all_handler_gets_the_events_that_have_no_other(serve):
    client = await serve(catch_all_events).connect()
    assert await client.call("known", 1) == ("known", 1)
    assert await client.call("unknown", 1, 2) == ("any", "unknown", [1, 2])
    assert await client.call("with spaces & más") == ("any", "with spaces & más", [])


def catch_all_namespaces(socketio):
    """`*` as a namespace, as an event, and as both."""
    sio = socketio.AsyncServer(async_mode="asgi", namespaces="*")

    @sio.on("known", namespace="*")
    async def known_anywhere(namespace, sid, data):
        return "known anywhere", namespace, data

    @sio.on("*", namespace="*")
    async def anything(event, namespace, sid, data):
        return "anything", event, namespace, data

    @sio.on("*", namespace="/chat")
    async def anything_in_chat(event, sid, data):
        return "anything in chat", event, data

    @sio.on("exact", namespace="/chat")
    async def exact(sid, data):
        return "exact", data

    return socketio.ASGIApp(sio)


async def test_the_most_exact_handler_gets_the_event(serve):
    client = await serve(catch_all_namespaces).connect(namespaces=["/chat", "/other"])
    expected = {
        ("exact", "/chat"): ("exact", 1),
        ("known", "/chat"): ("anything in chat", "known", 1),
        ("unknown", "/chat"): ("anything in chat", "unknown", 1),
        ("known", "/other"): ("known anywhere", "/other", 1),
        ("unknown", "/other"): ("anything", "unknown", "/other", 1),
    }
    for (event, namespace), answer in expected.items():
        assert await client.call(event, 1, namespace=namespace) == answer


def reserved_events(socketio):
    """Catch-all handlers beside none for connect and disconnect."""
    sio = socketio.AsyncServer(async_mode="asgi")
    events = []

    @sio.on("*")
    async def any_event(event, sid):
        events.append(event)
        return events

    return socketio.ASGIApp(sio)


async def test_connect_and_disconnect_do_not_reach_a_catch_all_handler(serve):
    site = serve(reserved_events)
    first = await site.connect()
    await first.leave()
    second = await site.connect()
    assert await second.call("look") == ["look"]


def messages(socketio):
    """`send` on both sides: events named `message`."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def message(sid, data):
        await sio.send({"back": data}, to=sid)

    return socketio.ASGIApp(sio)


async def test_send_emits_an_event_named_message(serve):
    client = await serve(messages).connect()
    await client.io.send("hola")
    assert await client.hears() == ("message", {"back": "hola"})


def unhandled(socketio):
    """One handler, and whatever else comes."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def known(sid):
        return "known"

    return socketio.ASGIApp(sio)


async def test_an_event_without_a_handler_is_not_acknowledged_and_hurts_nothing(serve):
    client = await serve(unhandled).connect()
    answers = []
    await client.io.emit("unknown", "data", callback=answers.append)
    assert await client.call("known") == "known"
    assert not answers


def one_at_a_time(socketio):
    """Without `async_handlers` the events of a client are handled in order."""
    sio = socketio.AsyncServer(async_mode="asgi", async_handlers=False)
    steps = []

    @sio.event
    async def slow(sid, name):
        steps.append(f"{name} begins")
        for _ in range(5):
            await sio.sleep(0)
        steps.append(f"{name} ends")
        return steps

    return socketio.ASGIApp(sio)


async def test_without_async_handlers_an_event_waits_for_the_one_before(serve):
    client = await serve(one_at_a_time).connect()
    await client.emit("slow", "first")
    assert await client.call("slow", "second") == [
        "first begins",
        "first ends",
        "second begins",
        "second ends",
    ]


def side_by_side(socketio):
    """With `async_handlers`, the default, a handler that waits does not hold up the next event."""
    sio = socketio.AsyncServer(async_mode="asgi")
    opened = asyncio.Event()

    @sio.event
    async def wait(sid):
        await opened.wait()
        return "opened"

    @sio.event
    async def open_up(sid):
        opened.set()

    return socketio.ASGIApp(sio)


async def test_a_handler_that_waits_does_not_hold_up_the_next_event(serve):
    client = await serve(side_by_side).connect()
    waiting = asyncio.create_task(client.call("wait"))
    await asyncio.sleep(0)
    await client.call("open_up")
    assert await waiting == "opened"


def forgetful(socketio):
    """A handler that waits for something that nobody else holds."""
    sio = socketio.AsyncServer(async_mode="asgi")
    found = []

    @sio.event
    async def wait(sid):
        event = asyncio.Event()
        found.append(weakref.ref(event))
        await event.wait()
        return "still here"

    @sio.event
    async def collect(sid):
        gc.collect()
        event = found[0]()
        if event is not None:
            event.set()

    return socketio.ASGIApp(sio)


async def test_a_handler_that_waits_is_not_forgotten(serve):
    client = await serve(forgetful).connect()
    waiting = asyncio.create_task(client.call("wait"))
    await asyncio.sleep(0)
    await client.call("collect")
    assert await waiting == "still here"
