"""The Engine.IO server by itself: sessions, transports, tasks, paths, as its model documents them."""

import asyncio
from functools import partial

import pytest

TRANSPORTS = [["polling"], ["websocket"], ["polling", "websocket"]]


@pytest.fixture
def layer():
    return "engineio"


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
