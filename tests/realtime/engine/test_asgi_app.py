"""Who answers a request: the server, a file, another application, nobody. As python-engineio decides it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import engineio
import pytest

from tertulia.realtime import ASGIApp as SocketApp
from tertulia.realtime.engine import ASGIApp

Event = dict[str, Any]


class Named:
    """Answers with its name; also an application that is called."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.scopes: list[Event] = []

    async def handle_request(self, scope: Any, receive: Any, send: Any) -> None:
        await self(scope, receive, send)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.name.encode()})


SERVER = Named("server")


async def ask(app: Any, path: str, kind: str = "http", **scope: Any) -> list[Event]:
    """The events of an answer."""
    events: list[Event] = []

    async def receive() -> Event:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: Event) -> None:
        events.append(event)

    await app({"type": kind, "path": path, "method": "GET", **scope}, receive, send)
    return events


async def answer(app: Any, path: str, **scope: Any) -> tuple[int, str | None, bytes]:
    """Status, type and body."""
    start, body = await ask(app, path, **scope)
    headers = {name.lower(): value.decode() for name, value in start["headers"]}
    return start["status"], headers.get(b"content-type"), body["body"]


# --- files ------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "public" / "deep").mkdir(parents=True)
    for name in ("page.html", "style.css", "app.js", "data.json", "note.txt", "blob", "photo.jpg"):
        (tmp_path / "public" / name).write_text(f"public {name}")
    (tmp_path / "public" / "index.html").write_text("public index")
    (tmp_path / "public" / "deep" / "index.html").write_text("deep index")
    (tmp_path / "public" / "deep" / "leaf.txt").write_text("leaf")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


Table = Callable[[Path], dict[str, Any]]
TABLES: dict[str, Table] = {
    "a file": lambda at: {"/": f"{at}/public/page.html", "/n": f"{at}/public/note.txt"},
    "a folder": lambda at: {"/static": f"{at}/public"},
    "a folder with a slash": lambda at: {"/static/": f"{at}/public/"},
    "everything": lambda at: {"": "page.html", "/": f"{at}/public/"},
    "types": lambda at: {
        "/n": {"filename": f"{at}/public/note.txt", "content_type": "text/markdown"},
        "/static": {"filename": f"{at}/public"},
    },
}
PATHS = [
    "/", "/n", "/n/", "/static", "/static/", "/static/page.html", "/static/style.css",
    "/static/app.js", "/static/data.json", "/static/note.txt", "/static/blob", "/static/photo.jpg",
    "/static/deep/", "/static/deep/leaf.txt", "/static/missing.txt", "/static/../secret.txt",
    "/static/deep/../../secret.txt", "/static/..", "/page.html", "/deep/", "/deep/leaf.txt",
    "/elsewhere", "/staticky", "/engine.iox",
]  # fmt: skip


async def test_a_folder_is_found_without_its_slash(folder):
    app = ASGIApp(SERVER, static_files=TABLES["a folder with a slash"](folder))
    assert (await answer(app, "/static"))[2] == b"public index", "python-engineio finds nothing"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("table", TABLES)
async def test_files_are_found_as_python_engineio_finds_them(folder, table, path):
    if (table, path) == ("a folder with a slash", "/static"):
        return
    files = TABLES[table](folder)
    ours = await answer(ASGIApp(SERVER, static_files=files), path)
    try:
        theirs = await answer(engineio.ASGIApp(SERVER, static_files=files), path)
    except OSError:  # a folder, or a file below a file
        theirs = (404, "text/plain", b"Not Found")
    assert ours == theirs


@pytest.mark.parametrize("way", ["/static/../secret.txt", "/static/deep/../../secret.txt", "/../secret.txt", "/static/\0"])  # fmt: skip
async def test_nothing_outside_is_served(folder, way):
    for table in TABLES.values():
        status, _, body = await answer(ASGIApp(SERVER, static_files=table(folder)), way)
        assert (status, body) == (404, b"Not Found")


async def test_a_file_tells_its_length(folder):
    app = ASGIApp(SERVER, static_files=TABLES["a folder"](folder))
    start, body = await ask(app, "/static/note.txt")
    assert (b"content-length", str(len(body["body"])).encode()) in start["headers"]


# --- paths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["engine.io", "/engine.io", "engine.io/", "/engine.io/"])
@pytest.mark.parametrize("path", ["/engine.io", "/engine.io/", "/engine.io/more"])
async def test_what_begins_with_the_path_is_the_server_s(given, path):
    assert (await answer(ASGIApp(SERVER, engineio_path=given), path))[2] == b"server"


@pytest.mark.parametrize("path", ["/", "/engine.iox", "/x/engine.io/", "/engine", "/ENGINE.IO/"])
async def test_what_does_not_is_not(path):
    assert (await answer(ASGIApp(SERVER), path))[0] == 404
    assert (await answer(ASGIApp(SERVER, Named("other")), path))[2] == b"other"


async def test_without_a_path_everything_is_the_server_s():
    for path in ("/", "/anything"):
        assert (await answer(ASGIApp(SERVER, engineio_path=None), path))[2] == b"server"


async def test_each_layer_has_its_own_path():
    assert (await answer(SocketApp(SERVER), "/socket.io/"))[2] == b"server"
    assert (await answer(SocketApp(SERVER), "/engine.io/"))[0] == 404


@pytest.mark.parametrize("path", ["/api/engine.io/", "/api/engine.io/more"])
async def test_below_another_application_its_prefix_does_not_count(path):
    assert (await answer(ASGIApp(SERVER), path, root_path="/api"))[2] == b"server"
    assert (await answer(ASGIApp(SERVER), path))[0] == 404


async def test_a_server_that_is_told_no_prefix_in_its_paths_is_found():
    assert (await answer(ASGIApp(SERVER), "/engine.io/", root_path="/api"))[2] == b"server"


async def test_websockets_go_where_their_path_says(folder):
    other = Named("other")
    app = ASGIApp(SERVER, other, static_files={"/static": f"{folder}/public"})
    assert (await ask(app, "/engine.io/", "websocket"))[1]["body"] == b"server"
    assert (await ask(app, "/static/note.txt", "websocket"))[1]["body"] == b"other"


async def test_a_websocket_that_nobody_wants_is_closed():
    assert await ask(ASGIApp(SERVER), "/elsewhere", "websocket") == [
        {"type": "websocket.close", "code": 1000}
    ]


# --- starting and stopping --------------------------------------------------------------------------


async def live(app: Any) -> list[str]:
    """What a web server is told while it lives."""
    told: list[str] = []
    events = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> Event:
        return {"type": next(events)}

    async def send(event: Event) -> None:
        told.append(event["type"].removeprefix("lifespan."))

    await app({"type": "lifespan"}, receive, send)
    return told


def hooks(calls: list[str], *, asynchronous: bool) -> dict[str, Any]:
    async def later(name: str) -> None:
        await asyncio.sleep(0)
        calls.append(name)

    if asynchronous:
        return {"on_startup": lambda: later("up"), "on_shutdown": lambda: later("down")}
    return {"on_startup": lambda: calls.append("up"), "on_shutdown": lambda: calls.append("down")}


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("other", [None, Named("other")])
async def test_hooks_are_called(asynchronous, other):
    calls: list[str] = []
    app = ASGIApp(SERVER, other, **hooks(calls, asynchronous=asynchronous))
    assert await live(app) == ["startup.complete", "shutdown.complete"]
    assert calls == ["up", "down"]


async def test_without_hooks_nothing_is_called():
    assert await live(ASGIApp(SERVER)) == ["startup.complete", "shutdown.complete"]


async def test_without_hooks_the_other_application_lives_its_own_life():
    other = Named("other")
    await ask(ASGIApp(SERVER, other), "", "lifespan")
    assert [scope["type"] for scope in other.scopes] == ["lifespan"]


@pytest.mark.parametrize(
    ("when", "told"),
    [("on_startup", ["startup.failed"]), ("on_shutdown", ["startup.complete", "shutdown.failed"])],
)
async def test_a_hook_that_fails_is_told(when, told):
    def fail() -> None:
        raise OSError("no disk")

    failing: dict[str, Any] = {when: fail}
    assert await live(ASGIApp(SERVER, **failing)) == told
