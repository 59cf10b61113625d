"""An ASGI application: a server at its path, files, and another application for the rest."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

CONTENT_TYPES = {
    "css": "text/css",
    "gif": "image/gif",
    "html": "text/html",
    "jpg": "image/jpeg",
    "js": "application/javascript",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}

File = str | dict[str, str]
Hook = Callable[[], Any] | None


class Handles(Protocol):
    """A server that answers requests."""

    async def handle_request(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one ASGI scope."""
        ...


class ASGIApp:
    """Sends what begins with its path to a server, and everything else where it belongs.

        app = ASGIApp(eio, other_asgi_app, static_files={"/": "index.html", "/static": "public"})

    With `engineio_path=None` everything is the server's. Files are `{path: file or folder}`, or a
    dictionary with `filename` and `content_type`; `""` names the index file of folders.
    """

    def __init__(
        self,
        engineio_server: Handles,
        other_asgi_app: Any = None,
        static_files: dict[str, File] | None = None,
        engineio_path: str | None = "engine.io",
        on_startup: Hook = None,
        on_shutdown: Hook = None,
    ) -> None:
        self.engineio_server = engineio_server
        self.other_asgi_app = other_asgi_app
        self.engineio_path = None if engineio_path is None else f"/{engineio_path.strip('/')}/"
        self.static_files = static_files or {}
        self.on_startup = on_startup
        self.on_shutdown = on_shutdown

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one ASGI scope."""
        kind = scope["type"]
        if kind == "lifespan":
            await self._live(scope, receive, send)
        elif kind in {"http", "websocket"} and self._is_own(scope):
            await self.engineio_server.handle_request(scope, receive, send)
        elif kind == "http" and (file := self._file(scope["path"])):
            await _serve(file, receive, send)
        elif self.other_asgi_app is not None:
            await self.other_asgi_app(scope, receive, send)
        else:
            await _not_found(kind, receive, send)

    def _is_own(self, scope: Any) -> bool:
        if self.engineio_path is None:
            return True
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return f"{path.rstrip('/')}/".startswith(self.engineio_path)

    def _file(self, path: str) -> tuple[Path, str] | None:
        rest, files = "", self.static_files
        while path not in files and f"{path}/" not in files:
            if "/" not in path:
                return None
            path, _, last = path.rpartition("/")
            rest = f"/{last}{rest}"
        if not path and not rest.strip("/"):
            return None
        return _located(files[path] if path in files else files[f"{path}/"], rest, files.get(""))

    async def _live(self, scope: Any, receive: Any, send: Any) -> None:
        if self.other_asgi_app is not None and self.on_startup is self.on_shutdown is None:
            await self.other_asgi_app(scope, receive, send)
            return
        for stage, hook in (("startup", self.on_startup), ("shutdown", self.on_shutdown)):
            await receive()
            try:
                answer = hook() if hook is not None else None
                if inspect.isawaitable(answer):
                    await answer
            except Exception as error:
                await send({"type": f"lifespan.{stage}.failed", "message": str(error)})
                return
            await send({"type": f"lifespan.{stage}.complete"})


def _located(entry: File, rest: str, index: File | None) -> tuple[Path, str] | None:
    known = {"filename": entry} if isinstance(entry, str) else entry
    name = known["filename"]
    if ".." in rest.split("/"):
        return None
    name = name.rstrip("/") + rest if rest else name
    if name.endswith("/"):
        default = {"filename": index or "index.html"} if not isinstance(index, dict) else index
        name += default["filename"]
        known = {**default, **known}
    path = Path(name)
    if not path.is_file():
        return None
    kind = CONTENT_TYPES.get(path.suffix.removeprefix("."), "application/octet-stream")
    return path, known.get("content_type", kind)


async def _serve(file: tuple[Path, str], receive: Any, send: Any) -> None:
    path, kind = file
    await receive()
    body = path.read_bytes()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _not_found(kind: str, receive: Any, send: Any) -> None:
    await receive()
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"Not Found"})
