"""Acknowledgements in both directions."""

import asyncio

import pytest


def answering(socketio):
    """What a handler returns is what the client is answered."""
    sio = socketio.AsyncServer(async_mode="asgi")
    answers = {
        "nothing": None,
        "one": "OK",
        "several": ("OK", 123),
        "list": ["OK", 123],
        "dict": {"ok": True},
        "empty": (),
        "false": False,
        "zero": 0,
        "bytes": b"\x00\x01",
        "bytes inside": ({"file": b"abc"}, [b"def"]),
    }

    @sio.event
    async def ask(sid, which):
        return answers[which]

    return socketio.ASGIApp(sio)


@pytest.mark.parametrize(
    ("which", "arguments"),
    [
        ("nothing", ()),
        ("one", ("OK",)),
        ("several", ("OK", 123)),
        ("list", (["OK", 123],)),
        ("dict", ({"ok": True},)),
        ("empty", ()),
        ("false", (False,)),
        ("zero", (0,)),
        ("bytes", (b"\x00\x01",)),
        ("bytes inside", ({"file": b"abc"}, [b"def"])),
    ],
)
async def test_a_client_is_answered_with_what_the_handler_returns(serve, which, arguments):
    client = await serve(answering).connect()
    answers = asyncio.Queue()
    await client.io.emit("ask", which, callback=lambda *args: answers.put_nowait(args))
    assert await answers.get() == arguments


def asking(socketio):
    """Asks the client who asks: with a callback, and waiting."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def by_callback(sid, question):
        await sio.emit("question", question, to=sid, callback=lambda *data: note(sid, data))

    @sio.event
    async def by_coroutine(sid, question):
        async def callback(*data):
            await sio.emit("answered", list(data), to=sid)

        await sio.emit("question", question, room=sid, callback=callback)

    @sio.event
    async def by_call(sid, question):
        return ["answered", await sio.call("question", question, to=sid, timeout=10)]

    @sio.event
    async def by_call_of_sid(sid, question):
        return ["answered", await sio.call("question", question, sid=sid)]

    @sio.event
    async def in_vain(sid):
        try:
            await sio.call("question", "?", to=sid, timeout=0.01)
        except socketio.exceptions.TimeoutError:
            return "timeout"

    @sio.event
    async def many(sid, count):
        calls = [sio.call("question", n, to=sid) for n in range(count)]
        return await asyncio.gather(*calls)

    def note(sid, data):
        sio.start_background_task(sio.emit, "answered", list(data), to=sid)

    return socketio.ASGIApp(sio)


ANSWERS = [
    ((), []),
    (("one",), ["one"]),
    (("one", 2, [3]), ["one", 2, [3]]),
    (({"file": b"abc"}, b"def"), [{"file": b"abc"}, b"def"]),
]


@pytest.mark.parametrize("way", ["by_callback", "by_coroutine"])
@pytest.mark.parametrize(("answer", "heard"), ANSWERS)
async def test_a_callback_is_given_what_the_client_answers(serve, way, answer, heard):
    client = await serve(asking).connect()
    client.answers["question"] = lambda _: answer
    await client.emit(way, "why?")
    assert await client.hears() == ("question", "why?")
    assert await client.hears() == ("answered", heard)


@pytest.mark.parametrize("way", ["by_call", "by_call_of_sid"])
@pytest.mark.parametrize(
    ("answer", "returned"),
    [((), None), (("one",), "one"), (("one", 2), ["one", 2]), ((b"abc",), b"abc")],
)
async def test_a_call_returns_what_the_client_answers(serve, way, answer, returned):
    client = await serve(asking).connect()
    client.answers["question"] = lambda _: answer
    assert await client.call(way, {"why": "?"}) == ["answered", returned]


async def test_a_call_that_is_not_answered_times_out(serve):
    client = await serve(asking).connect()
    client.answers["question"] = lambda _: asyncio.Event().wait()
    assert await client.call("in_vain") == "timeout"


async def test_many_calls_at_once_get_each_their_answer(serve):
    client = await serve(asking).connect()
    client.answers["question"] = lambda n: n * n
    assert await client.call("many", 20) == [n * n for n in range(20)]


def acknowledged_in_a_namespace(socketio):
    """Both directions in a namespace."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.on("ask", namespace="/chat")
    async def ask(sid, data):
        answer = await sio.call("question", data, to=sid, namespace="/chat")
        return "OK", list(answer)

    return socketio.ASGIApp(sio)


async def test_acknowledgements_stay_in_their_namespace(serve):
    client = await serve(acknowledged_in_a_namespace).connect(namespaces=["/chat"])
    client.answers["question"] = lambda data: (data, b"bytes")
    assert await client.call("ask", "x", namespace="/chat") == ("OK", ["x", b"bytes"])


def failing(socketio):
    """A handler that raises."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def fail(sid):
        raise LookupError("on purpose")

    @sio.event
    async def fine(sid):
        return "fine"

    return socketio.ASGIApp(sio)


async def test_a_handler_that_raises_answers_nothing_and_ends_nothing(serve, caplog):
    client = await serve(failing).connect()
    answers = []
    await client.io.emit("fail", callback=answers.append)
    assert await client.call("fine") == "fine"
    assert not answers
    caplog.clear()
