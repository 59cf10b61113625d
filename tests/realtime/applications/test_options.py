"""Options of the server, seen from clients."""

import gzip
import json
import zlib
from datetime import UTC, datetime
from functools import partial

import pytest
from engineio.packet import Packet as EnginePacket
from socketio.packet import Packet

from tests.realtime.serving import OURS

HANDSHAKE = "/socket.io/?EIO=4&transport=polling"


def plain(socketio, **options):
    """A server with options."""
    sio = socketio.AsyncServer(async_mode="asgi", **options)

    @sio.event
    async def ping(sid, *data):
        return "pong"

    @sio.event
    async def transport(sid):
        return sio.transport(sid)

    @sio.event
    async def long(sid, length):
        await sio.emit("long", "x" * length, to=sid)

    return socketio.ASGIApp(sio)


@pytest.fixture
def shake(serve):
    """The response to a handshake by polling, of a server with options."""

    async def shake(headers=None, **options):
        http = await serve(partial(plain, **options)).http()
        return await http.get(HANDSHAKE, headers=headers or {})

    return shake


def opened(response):
    """The OPEN packet of a handshake."""
    assert response.status_code == 200
    assert response.text[0] == "0"
    return json.loads(response.text[1:])


async def test_the_handshake_says_what_is_set(shake):
    packet = opened(await shake(ping_interval=3, ping_timeout=2, max_http_buffer_size=5_000))
    sid = packet.pop("sid")
    assert len(sid) >= 20
    assert packet == {
        "upgrades": ["websocket"],
        "pingInterval": 3_000,
        "pingTimeout": 2_000,
        "maxPayload": 5_000,
    }


async def test_what_is_not_set_is_as_documented(shake):
    packet = opened(await shake())
    del packet["sid"]
    assert packet == {
        "upgrades": ["websocket"],
        "pingInterval": 25_000,
        "pingTimeout": 20_000,
        "maxPayload": 1_000_000,
    }


async def test_a_pair_is_a_ping_interval_and_its_grace(shake):
    assert opened(await shake(ping_interval=(10, 2)))["pingInterval"] == 12_000


async def test_upgrades_are_forbidden(serve):
    site = serve(partial(plain, allow_upgrades=False))
    client = await site.connect()
    assert client.io.transport() == "polling"
    assert await client.call("transport") == "polling"


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_transports_are_chosen(serve, transport):
    site = serve(partial(plain, transports=[transport]))
    client = await site.connect(transports=[transport])
    assert await client.call("transport") == transport
    other = "websocket" if transport == "polling" else "polling"
    response = await (await site.http()).get(f"/socket.io/?EIO=4&transport={other}")
    assert response.status_code == 400


def test_no_valid_transport_is_an_error(driver):
    with pytest.raises(ValueError, match="transports"):
        driver.library().AsyncServer(async_mode="asgi", transports=["carrier pigeon"])


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_the_transport_is_known_and_changes_with_the_upgrade(serve, transport):
    site = serve(plain)
    client = await site.connect(transports=["polling", transport][: 1 + (transport != "polling")])
    assert await client.call("transport") == transport


async def test_a_cookie_is_named(shake):
    response = await shake(cookie="chat")
    sid = opened(response)["sid"]
    assert response.headers["set-cookie"].startswith(f"chat={sid}; path=/; ")
    assert response.headers["set-cookie"].endswith("; SameSite=Lax")


async def test_a_cookie_has_attributes(shake):
    cookie = {"name": "io", "path": lambda: "/socket.io", "HttpOnly": True, "SameSite": "Strict"}
    response = await shake(cookie=cookie)
    sid = opened(response)["sid"]
    assert response.headers["set-cookie"] == f"io={sid}; path=/socket.io; HttpOnly; SameSite=Strict"


async def test_no_cookie_is_set_by_default(shake):
    assert "set-cookie" not in (await shake()).headers


ORIGIN = "https://shop.example"


@pytest.mark.parametrize(
    ("allowed", "is_allowed"),
    [
        (None, False),
        ("*", True),
        (["*"], True),
        (ORIGIN, True),
        (["https://else.example", ORIGIN], True),
        ("https://else.example", False),
        (["https://shop.example:8080"], False),
        (lambda origin: origin == ORIGIN, True),
        (lambda origin, environ: origin == ORIGIN and "HTTP_HOST" in environ, True),
        (lambda origin: False, False),
    ],
)
async def test_another_origin_is_let_in_when_it_is_allowed(shake, allowed, is_allowed):
    response = await shake({"Origin": ORIGIN}, cors_allowed_origins=allowed)
    assert response.status_code in ({200} if is_allowed else {400, 403})
    if is_allowed:
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert response.headers["access-control-allow-credentials"] == "true"
    else:
        assert "access-control-allow-origin" not in response.headers


async def test_origins_are_nobodys_business(shake):
    response = await shake({"Origin": ORIGIN}, cors_allowed_origins=[])
    assert response.status_code == 200
    assert "access-control-allow-origin" not in response.headers


async def test_credentials_are_kept_apart(shake):
    options = {"cors_allowed_origins": "*", "cors_credentials": False}
    response = await shake({"Origin": ORIGIN}, **options)
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in response.headers


async def test_the_origin_of_a_websocket_is_checked_too(serve):
    site = serve(plain)
    headers = {"Origin": ORIGIN}
    await site.refuses(headers=dict(headers), transports=["websocket"])
    site = serve(partial(plain, cors_allowed_origins=ORIGIN))
    client = await site.connect(headers=dict(headers), transports=["websocket"])
    assert await client.call("ping") == "pong"


async def test_the_browser_asks_before_it_posts(serve):
    http = await serve(partial(plain, cors_allowed_origins=ORIGIN)).http()
    response = await http.options(
        HANDSHAKE,
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert response.is_success
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in response.headers["access-control-allow-methods"]
    assert response.headers["access-control-allow-headers"].lower() == "content-type"


async def long_poll(site, headers, length):
    """The raw response that brings one long event."""
    session = await site.session()
    session._auto_decompress = False
    url = f"{site.url}{HANDSHAKE}"
    async with session.get(url) as response:
        url += "&sid=" + json.loads((await response.text())[1:])["sid"]
    async with session.post(url, data="40") as response:
        assert response.status == 200
    async with session.get(url, headers={"Accept-Encoding": "identity"}) as response:
        assert (await response.text()).startswith("40")
    async with session.post(url, data=f'42["long",{length}]') as response:
        assert response.status == 200
    async with session.get(url, headers=headers) as response:
        return response.headers.get("Content-Encoding"), await response.read()


LONG = '42["long","' + "x" * 5_000 + '"]'


@pytest.mark.parametrize(
    ("encoding", "decode"), [("gzip", gzip.decompress), ("deflate", zlib.decompress)]
)
async def test_what_is_long_is_compressed(serve, encoding, decode):
    headers = {"Accept-Encoding": encoding}
    chosen, body = await long_poll(serve(plain), headers, 5_000)
    assert chosen == encoding
    assert len(body) < 1_000
    assert decode(body).decode() == LONG


@pytest.mark.parametrize(
    ("headers", "options"),
    [
        ({"Accept-Encoding": "identity"}, {}),
        ({"Accept-Encoding": "gzip"}, {"http_compression": False}),
        ({"Accept-Encoding": "gzip"}, {"compression_threshold": 10_000}),
    ],
)
async def test_it_is_compressed_for_who_asks_and_where_it_is_worth_it(serve, headers, options):
    chosen, body = await long_poll(serve(partial(plain, **options)), headers, 5_000)
    assert (chosen, body.decode()) == (None, LONG)


class Dates:
    """A JSON module that knows dates."""

    @staticmethod
    def dumps(value, **options):
        return json.dumps(value, default=lambda date: {"$date": date.isoformat()}, **options)

    @staticmethod
    def loads(text, **options):
        return json.loads(text, object_hook=Dates.revive, **options)

    @staticmethod
    def revive(found):
        return datetime.fromisoformat(found["$date"]) if "$date" in found else found


def dated(socketio):
    """A server that sends and gets dates."""
    sio = socketio.AsyncServer(async_mode="asgi", json=Dates)

    @sio.event
    async def year(sid, date):
        return date.year, datetime(1999, 12, 31, tzinfo=UTC)

    return socketio.ASGIApp(sio)


@pytest.fixture
def _same_json(monkeypatch):
    """python-socketio keeps the module for the whole process, its clients included."""
    for owner in (Packet, EnginePacket):
        monkeypatch.setattr(owner, "json", owner.json)


@pytest.mark.usefixtures("_same_json")
async def test_another_json_module_is_used(serve):
    client = await serve(dated).connect()
    answer = await client.call("year", {"$date": "2026-10-08T00:00:00+00:00"})
    year, date = json.loads(Dates.dumps(answer))
    assert (year, date) == (2026, {"$date": "1999-12-31T00:00:00+00:00"})


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_message_beyond_the_limit_ends_the_connection(serve, transport):
    # A client that polls notices at its next heartbeat.
    site = serve(partial(plain, max_http_buffer_size=10_000, ping_interval=1))
    client = await site.connect(transports=[transport])
    assert await client.call("ping", "x" * 9_000) == "pong"
    await client.emit("ping", "x" * 11_000)
    assert await client.loses() in {"transport error", "server disconnect"}
    assert await (await site.connect()).call("ping") == "pong"


@pytest.mark.parametrize("driver", OURS, indirect=True)  # the other rounds it down to nothing
async def test_heartbeats_below_a_second_keep_a_connection(serve):
    site = serve(partial(plain, ping_interval=0.05, ping_timeout=5))
    http = await site.http()
    packet = opened(await http.get(HANDSHAKE))
    assert packet["pingInterval"] == 50
    url = f"{HANDSHAKE}&sid={packet['sid']}"
    for _ in range(5):
        assert (await http.get(url)).text == "2"
        assert (await http.post(url, content="3")).text == "ok"


def ticking(socketio):
    """Heartbeats much shorter than the patience for their answers, and an event after twenty."""
    sio = socketio.AsyncServer(async_mode="asgi", ping_interval=0.05, ping_timeout=20)

    @sio.event
    async def connect(sid, environ):
        sio.start_background_task(speak, sid)

    async def speak(sid):
        await sio.sleep(20 * 0.05)
        await sio.emit("late", to=sid)

    return socketio.ASGIApp(sio)


@pytest.mark.parametrize("driver", OURS, indirect=True)
async def test_heartbeats_follow_each_other_as_soon_as_they_are_answered(serve):
    site = serve(ticking)
    session = await site.session()
    async with session.ws_connect(f"{site.url}/socket.io/?EIO=4&transport=websocket") as websocket:
        await websocket.send_str("40")
        heard = []
        async for message in websocket:
            heard.append(message.data)
            if message.data == "2":
                await websocket.send_str("3")
            if message.data == '42["late"]':
                break
    assert heard.count("2") >= 8
