"""The Engine.IO server by itself: the applications of its model's documentation."""

import asyncio
import json
from functools import partial

import pytest

from tests.realtime.caller import Caller


@pytest.fixture
def layer():
    return "engineio"


@pytest.fixture
async def connect(serve):
    """Serve an application and connect to it."""
    callers = []

    async def connect(application, *, site=None, **options):
        caller = Caller(site or serve(application))
        callers.append(caller)
        await caller.connect(**options)
        return caller

    yield connect
    for caller in callers:
        await caller.close()


def echoing(engineio):
    """Sends back what comes, in words of its own for some."""
    eio = engineio.AsyncServer(async_mode="asgi")
    others = {"dict": {"a": [1, "ñ"]}, "list": [1, None], "bytes": b"\x00\xff", "empty": ""}

    @eio.on("message")
    async def on_message(sid, data):
        await eio.send(sid, others.get(data, data) if isinstance(data, str) else data)

    return engineio.ASGIApp(eio)


TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]]


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_text_and_bytes_come_back(connect, transports):
    client = await connect(echoing, transports=transports)
    for data in ("hola", "ñandú 👋", b"\x00\x01\xff", "bytes", b"bytes"):
        await client.send(data)
        assert await client.hears() == (b"\x00\xff" if data == "bytes" else data)


@pytest.mark.parametrize(("name", "value"), [("dict", {"a": [1, "ñ"]}), ("list", [1, None])])
async def test_lists_and_dictionaries_are_sent_as_json(connect, name, value):
    client = await connect(echoing, transports=["websocket"])
    await client.send(name)
    heard = await client.hears()
    assert (json.loads(heard) if isinstance(heard, str) else heard) == value


async def test_many_messages_come_back_in_order(connect):
    client = await connect(echoing, transports=["websocket"])
    for n in range(100):
        await client.send(f"number {n}" if n % 3 else bytes([n]))
    heard = [await client.hears() for _ in range(100)]
    assert heard == [f"number {n}" if n % 3 else bytes([n]) for n in range(100)]


def doorkeeper(engineio):
    """Lets in by a header; says why it does not."""
    eio = engineio.AsyncServer(async_mode="asgi")
    answers = {"true": True, "none": None, "false": False, "text": "no entry", "dict": {"why": 1}}

    @eio.on("connect")
    async def on_connect(sid, environ):
        if environ["HTTP_X_ANSWER"] == "raise":
            raise LookupError("on purpose")
        return answers[environ["HTTP_X_ANSWER"]]

    @eio.on("message")
    def on_message(sid, data):
        eio.start_background_task(eio.send, sid, [sid, data])

    return engineio.ASGIApp(eio)


@pytest.mark.parametrize("transports", TRANSPORTS)
@pytest.mark.parametrize("answer", ["true", "none"])
async def test_who_is_accepted_is_in(connect, transports, answer):
    client = await connect(doorkeeper, transports=transports, headers={"X-Answer": answer})
    await client.send("hola")
    assert await client.hears() == [client.sid, "hola"]


@pytest.mark.parametrize(
    ("answer", "body"),
    [("false", "Unauthorized"), ("text", "no entry"), ("dict", {"why": 1})],
)
async def test_who_is_rejected_gets_401_and_why(serve, answer, body):
    http = await serve(doorkeeper).http()
    response = await http.get("/engine.io/?EIO=4&transport=polling", headers={"X-Answer": answer})
    assert (response.status_code, response.json()) == (401, body)


async def test_a_connect_handler_that_raises_rejects(serve, caplog):
    http = await serve(doorkeeper).http()
    headers = {"X-Answer": "raise"}
    response = await http.get("/engine.io/?EIO=4&transport=polling", headers=headers)
    assert response.status_code == 401
    caplog.clear()


def farewells(engineio):
    """Tells a witness who left and why; ends whoever asks for it."""
    eio = engineio.AsyncServer(async_mode="asgi")
    witnesses = []

    @eio.on("message")
    async def on_message(sid, data):
        if data == "witness":
            witnesses.append(sid)
        elif data == "end":
            await eio.disconnect(sid)
        elif data == "end all":
            await eio.disconnect()

    @eio.on("disconnect")
    async def on_disconnect(sid, reason):
        for witness in witnesses:
            await eio.send(witness, f"{sid} {reason}")

    return engineio.ASGIApp(eio)


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_who_leaves_is_told_with_a_reason(serve, connect, transports):
    site = serve(farewells)
    witness = await connect(farewells, site=site, transports=["websocket"])
    await witness.send("witness")
    client = await connect(farewells, site=site, transports=transports)
    sid = client.sid
    await client.leave()
    heard = await witness.hears()
    assert heard in {f"{sid} client disconnect", f"{sid} transport close"}


@pytest.mark.parametrize("transports", TRANSPORTS)
async def test_the_server_ends_a_connection(serve, connect, transports):
    site = serve(farewells)
    witness = await connect(farewells, site=site, transports=["websocket"])
    await witness.send("witness")
    client = await connect(farewells, site=site, transports=transports)
    sid = client.sid
    await client.send("end")
    assert await client.loses() in {"server disconnect", "transport error"}
    assert await witness.hears() == f"{sid} server disconnect"


async def test_the_server_ends_all_connections(serve, connect):
    site = serve(farewells)
    clients = [await connect(farewells, site=site, transports=["websocket"]) for _ in range(3)]
    await clients[0].send("end all")
    for client in clients:
        assert await client.loses() in {"server disconnect", "transport error"}


def older(engineio):
    """A disconnect handler without a reason, registered in a call."""
    eio = engineio.AsyncServer(async_mode="asgi")
    witnesses = []

    def on_message(sid, data):
        witnesses.append(sid)

    async def on_disconnect(sid):
        for witness in witnesses:
            await eio.send(witness, f"left {sid}")

    eio.on("message", on_message)
    eio.on("disconnect", handler=on_disconnect)
    return engineio.ASGIApp(eio)


async def test_a_disconnect_handler_of_the_older_form_is_called_with_less(serve, connect):
    site = serve(older)
    witness = await connect(older, site=site, transports=["websocket"])
    await witness.send("here")
    client = await connect(older, site=site)
    sid = client.sid
    await client.leave()
    assert await witness.hears() == f"left {sid}"


def login(engineio):
    """Keeps a name in the session, and counts in it."""
    eio = engineio.AsyncServer(async_mode="asgi")

    @eio.on("connect")
    async def on_connect(sid, environ):
        await eio.save_session(sid, {"username": environ.get("HTTP_X_NAME", "nobody")})

    @eio.on("message")
    async def on_message(sid, data):
        async with eio.session(sid) as session:
            session["count"] = session.get("count", 0) + 1
        session = await eio.get_session(sid)
        await eio.send(sid, f"{session['username']} {session['count']}")

    return engineio.ASGIApp(eio)


async def test_a_session_is_kept_for_each_connection(serve, connect):
    site = serve(login)
    ana = await connect(login, site=site, headers={"X-Name": "Ana"})
    bruno = await connect(login, site=site)
    for n in (1, 2):
        await ana.send("count")
        assert await ana.hears() == f"Ana {n}"
    await bruno.send("count")
    assert await bruno.hears() == "nobody 1"


def unknown(engineio):
    """What is said of a connection that is not there."""
    eio = engineio.AsyncServer(async_mode="asgi")

    @eio.on("message")
    async def on_message(sid, data):
        await eio.send("nobody", "lost")
        await eio.disconnect("nobody")
        errors = []
        for asked in (eio.get_session, partial(eio.save_session, session={})):
            try:
                await asked("nobody")
            except KeyError:
                errors.append("KeyError")
        try:
            eio.transport("nobody")
        except KeyError:
            errors.append("KeyError")
        await eio.send(sid, errors)

    return engineio.ASGIApp(eio)


async def test_who_is_not_there_has_no_session(connect):
    client = await connect(unknown)
    await client.send("ask")
    assert await client.hears() == ["KeyError"] * 3


def transports(engineio):
    """Says by which transport somebody came."""
    eio = engineio.AsyncServer(async_mode="asgi")

    @eio.on("message")
    async def on_message(sid, data):
        await eio.send(sid, eio.transport(sid))

    return engineio.ASGIApp(eio)


@pytest.mark.parametrize("chosen", TRANSPORTS)
async def test_the_transport_is_known(connect, chosen):
    client = await connect(transports, transports=chosen)
    await client.send("?")
    assert await client.hears() == chosen[-1]


def busy(engineio):
    """Background tasks, sleep, queues and events."""
    eio = engineio.AsyncServer(async_mode="asgi")

    async def work(sid, queue, event, *, times):
        for n in range(times):
            await eio.sleep(0)
            await queue.put(n)
        await event.wait()
        await eio.send(sid, "done")

    @eio.on("message")
    async def on_message(sid, data):
        queue, event = eio.create_queue(), eio.create_event()
        task = eio.start_background_task(work, sid, queue, event, times=3)
        got = [await queue.get() for _ in range(3)]
        try:
            queue.get_nowait()
        except eio.get_queue_empty_exception():
            await eio.send(sid, got)
        event.set()
        await task

    return engineio.ASGIApp(eio)


async def test_background_tasks_queues_and_events_work_together(connect):
    client = await connect(busy)
    await client.send("go")
    assert await client.hears() == [0, 1, 2]
    assert await client.hears() == "done"


def one_at_a_time(engineio, *, is_async):
    """Messages of a client in order, or side by side."""
    eio = engineio.AsyncServer(async_mode="asgi", async_handlers=is_async)
    opened = asyncio.Event()

    @eio.on("message")
    async def on_message(sid, data):
        if data == "open":
            opened.set()
        elif data == "wait":
            await opened.wait()
        else:
            for _ in range(3):
                await eio.sleep(0)
        await eio.send(sid, data)

    return engineio.ASGIApp(eio)


async def test_a_handler_that_waits_does_not_hold_up_the_next_message(connect):
    client = await connect(partial(one_at_a_time, is_async=True))
    await client.send("wait")
    await client.send("open")
    assert {await client.hears(), await client.hears()} == {"open", "wait"}


async def test_without_async_handlers_messages_are_handled_in_order(connect):
    client = await connect(partial(one_at_a_time, is_async=False))
    for data in ("slow", "open", "slower"):
        await client.send(data)
    assert [await client.hears() for _ in range(3)] == ["slow", "open", "slower"]


def at_path(engineio, path):
    """Another path, and another application beside."""
    eio = engineio.AsyncServer(async_mode="asgi")

    @eio.on("message")
    async def on_message(sid, data):
        await eio.send(sid, data)

    async def other(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    return engineio.ASGIApp(eio, other, engineio_path=path)


@pytest.mark.parametrize("path", ["engine.io", "/my/engine/", "custom"])
async def test_the_path_is_chosen_and_all_else_is_the_others(serve, connect, path):
    site = serve(partial(at_path, path=path))
    client = await connect(None, site=site, engineio_path=path.strip("/"))
    await client.send("hola")
    assert await client.hears() == "hola"
    assert (await (await site.http()).get("/elsewhere")).text == "/elsewhere"


def test_only_three_events_exist(driver, layer):
    eio = driver.library(layer).AsyncServer(async_mode="asgi")
    with pytest.raises(ValueError, match="event"):
        eio.on("something else")


def test_other_modes_are_an_error(driver, layer):
    with pytest.raises(ValueError, match="mode"):
        driver.library(layer).AsyncServer(async_mode="steam")
