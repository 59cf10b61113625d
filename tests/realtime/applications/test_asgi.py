"""The ASGI application: files, other applications, paths, start and stop."""

from contextlib import asynccontextmanager
from functools import partial

import pytest
from fastapi import FastAPI, WebSocket
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.realtime.serving import Host

ENDPOINTS = ("/socket.io/", "/socket.io", "/socket.io/x")


@pytest.fixture
def public(tmp_path):
    """A folder with files of several kinds."""
    files = {
        "index.html": "<h1>index</h1>",
        "latency.html": "<h1>latency</h1>",
        "css/styles.css": "body {}",
        "app.js": "run()",
        "data.json": "{}",
        "notes.txt": "notes",
        "logo.png": "png",
        "photo.jpg": "jpg",
        "anim.gif": "gif",
        "unknown.xyz": "xyz",
        "noextension": "none",
    }
    for name, content in files.items():
        path = tmp_path / "public" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(content, "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return tmp_path / "public"


def with_files(socketio, rules):
    """A server that serves files beside."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def ping(sid):
        return "pong"

    return socketio.ASGIApp(sio, static_files=rules)


def rules_of(public):
    """Single files, a folder, and a content type that is given."""
    return {
        "/": f"{public}/latency.html",
        "/as-text": {"filename": f"{public}/index.html", "content_type": "text/plain"},
        "/static": str(public),
        "/gone": f"{public}/gone.html",
    }


FILES = {
    "/": ("<h1>latency</h1>", "text/html"),
    "/as-text": ("<h1>index</h1>", "text/plain"),
    "/static/": ("<h1>index</h1>", "text/html"),
    "/static/index.html": ("<h1>index</h1>", "text/html"),
    "/static/css/styles.css": ("body {}", "text/css"),
    "/static/app.js": ("run()", "application/javascript"),
    "/static/data.json": ("{}", "application/json"),
    "/static/notes.txt": ("notes", "text/plain"),
    "/static/logo.png": ("png", "image/png"),
    "/static/photo.jpg": ("jpg", "image/jpeg"),
    "/static/anim.gif": ("gif", "image/gif"),
    "/static/unknown.xyz": ("xyz", "application/octet-stream"),
    "/static/noextension": ("none", "application/octet-stream"),
}


async def test_files_are_served_with_their_type(serve, public):
    site = serve(partial(with_files, rules=rules_of(public)))
    http = await site.http()
    for path, (content, kind) in FILES.items():
        response = await http.get(path)
        found = response.status_code, response.text, response.headers["content-type"]
        assert found[:2] == (200, content), path
        assert found[2].split(";")[0] == kind, path
    assert await (await site.connect()).call("ping") == "pong"


@pytest.mark.parametrize(
    "path", ["/gone", "/static/missing", "/elsewhere", "/static/%2e%2e/secret.txt", "/statics"]
)
async def test_what_is_not_there_is_not_found(serve, public, path):
    http = await serve(partial(with_files, rules=rules_of(public))).http()
    response = await http.get(path)
    assert (response.status_code, response.text) == (404, "Not Found")


@pytest.mark.parametrize("default", ["anim.gif", {"filename": "anim.gif", "content_type": "a/b"}])
async def test_the_file_of_a_folder_is_chosen(serve, public, default):
    rules = {"/static": f"{public}", "": default}
    http = await serve(partial(with_files, rules=rules)).http()
    response = await http.get("/static/")
    kind = response.headers["content-type"]
    assert response.text == "gif"
    assert isinstance(default, str) or kind == "a/b"


def with_framework(socketio):
    """Socket.IO in front of FastAPI."""
    sio = socketio.AsyncServer(async_mode="asgi")
    http = FastAPI()

    @http.get("/hello")
    async def hello():
        return {"hello": "world"}

    @http.websocket("/echo")
    async def echo(websocket: WebSocket):
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close()

    @sio.event
    async def ping(sid):
        return "pong"

    return socketio.ASGIApp(sio, other_asgi_app=http)


async def test_everything_else_goes_to_the_other_application(serve):
    site = serve(with_framework)
    http = await site.http()
    assert (await http.get("/hello")).json() == {"hello": "world"}
    assert (await http.get("/nowhere")).json() == {"detail": "Not Found"}
    client = await site.connect()
    assert client.io.transport() == "websocket"
    assert await client.call("ping") == "pong"


async def test_other_websockets_go_to_the_other_application(serve):
    site = serve(with_framework)
    session = await site.session()
    async with session.ws_connect(f"{site.url}/echo") as websocket:
        await websocket.send_str("hola 👋")
        assert (await websocket.receive()).data == "hola 👋"
        await websocket.receive()
        assert websocket.close_code == 1000
    assert await (await site.connect(transports=["websocket"])).call("ping") == "pong"


def mounted(socketio):
    """Socket.IO below a path of FastAPI."""
    sio = socketio.AsyncServer(async_mode="asgi")
    http = FastAPI()

    @http.get("/hello")
    async def hello():
        return {"hello": "world"}

    @sio.event
    async def ping(sid):
        return "pong"

    http.mount("/ws", socketio.ASGIApp(sio, socketio_path=None))
    return http


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]])
async def test_it_is_mounted_in_another_application(serve, transports):
    site = serve(mounted)
    assert (await (await site.http()).get("/hello")).json() == {"hello": "world"}
    client = await site.connect(socketio_path="/ws/", transports=transports)
    assert await client.call("ping") == "pong"


def routed(socketio):
    """Socket.IO as a mount of Starlette, with its own path."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def ping(sid):
        return "pong"

    return Starlette(routes=[Mount("/", socketio.ASGIApp(sio))])


async def test_it_is_a_route_of_another_application(serve):
    client = await serve(routed).connect()
    assert client.io.transport() == "websocket"
    assert await client.call("ping") == "pong"


def at_path(socketio, path):
    """A server at another path."""
    sio = socketio.AsyncServer(async_mode="asgi")

    @sio.event
    async def ping(sid):
        return "pong"

    return socketio.ASGIApp(sio, socketio_path=path)


@pytest.mark.parametrize("path", ["chat", "/chat", "chat/", "/chat/", "deep/er"])
async def test_the_path_is_chosen(serve, path):
    site = serve(partial(at_path, path=path))
    client = await site.connect(socketio_path=path.strip("/"))
    assert await client.call("ping") == "pong"
    assert (await (await site.http()).get("/socket.io/?EIO=4")).status_code == 404


async def test_without_a_path_everything_is_socket_io(serve):
    site = serve(partial(at_path, path=None))
    for path in ("socket.io", "any/thing"):
        assert await (await site.connect(socketio_path=path)).call("ping") == "pong"


def lively(socketio, diary, *, is_async):
    """Writes down its start and its stop."""
    sio = socketio.AsyncServer(async_mode="asgi")

    async def start_later():
        diary.append("start")

    async def stop_later():
        diary.append("stop")

    def start():
        diary.append("start")

    def stop():
        diary.append("stop")

    begin, end = (start_later, stop_later) if is_async else (start, stop)
    return socketio.ASGIApp(sio, on_startup=begin, on_shutdown=end)


@pytest.mark.parametrize("is_async", [False, True])
def test_start_and_stop_are_told(driver, certificate, is_async):
    diary = []
    app = lively(driver.library(), diary, is_async=is_async)
    with Host(driver, certificate, app, lifespan="on"):
        diary.append("test")
    assert sorted(diary) == ["start", "stop", "test"]
    assert diary[-1] == "stop"


def wrapping(socketio, diary):
    """The start and stop of the other application."""

    @asynccontextmanager
    async def lifespan(_):
        diary.append("start")
        yield
        diary.append("stop")

    sio = socketio.AsyncServer(async_mode="asgi")
    return socketio.ASGIApp(sio, FastAPI(lifespan=lifespan))


def test_start_and_stop_are_told_to_the_other_application(driver, certificate):
    diary = []
    with Host(driver, certificate, wrapping(driver.library(), diary), lifespan="on"):
        pass
    assert diary == ["start", "stop"]
