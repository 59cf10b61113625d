"""The Engine.IO server by itself: connections and messages, as its model documents them."""

import json

import pytest


@pytest.fixture
def layer():
    return "engineio"


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
