"""The application of oracle.mjs for a library with the API of `socketio.AsyncServer`, behind Uvicorn.

Reads sets of options from the standard input, `{"name": {…options}, …}`, and prints `{"name": port, …}` when all
listen. Ends when the standard input does.
"""

import asyncio
import importlib
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from tests.realtime.serving import DRIVERS, Certificate, configure

NAMESPACES = ("/", "/admin", "/hello")


class Application:
    """What the clients of one namespace can ask for."""

    def __init__(self, library: Any, server: Any, namespace: str) -> None:
        self.library = library
        self.server = server
        self.namespace = namespace
        for event in ("connect", "disconnect", *HANDLED):
            server.on(event, handler=getattr(self, event), namespace=namespace)
        server.on("*", handler=self.wonder, namespace=namespace)

    async def emit(self, event: str, values: Any, to: str, **options: Any) -> None:
        await self.server.emit(event, values, to=to, namespace=self.namespace, **options)

    async def connect(self, sid: str, _environ: Any, auth: Any = None) -> None:
        auth = auth or {}
        if self.namespace == "/admin" and auth.get("token") != "secret":
            raise self.library.exceptions.ConnectionRefusedError("not authorized", {"retry": False})
        if self.namespace == "/hello":
            await self.emit("hello", auth, sid)

    async def echo(self, sid: str, *values: Any) -> None:
        await self.emit("echo", values, sid)

    async def ack(self, _sid: str, *values: Any) -> tuple[Any, ...]:
        return values

    async def ask(self, sid: str, *values: Any) -> None:
        async def answered(*answer: Any) -> None:
            await self.emit("answer", answer, sid)

        await self.emit("question", values, sid, callback=answered)

    async def ask_briefly(self, sid: str, *_: Any) -> None:
        async def ask() -> None:
            try:
                await self.server.call("question", to=sid, namespace=self.namespace, timeout=0.1)
            except self.library.exceptions.TimeoutError:
                await self.emit("answer", "late", sid)
            else:
                await self.emit("answer", "in time", sid)

        self.server.start_background_task(ask)

    async def bytes(self, sid: str, *_: Any) -> bytes:
        await self.emit("bytes", {"a": b"\x01\x02", "b": [b"", "c"]}, sid)
        return b"\x03"

    async def several(self, sid: str, count: int) -> None:
        for i in range(count):
            await self.emit("several", i, sid)

    async def nothing(self, _sid: str, *_: Any) -> None:
        return None

    async def join(self, sid: str, room: str, *_: Any) -> None:
        await self.server.enter_room(sid, room, namespace=self.namespace)

    async def leave(self, sid: str, room: str, *_: Any) -> None:
        await self.server.leave_room(sid, room, namespace=self.namespace)

    async def shout(self, _sid: str, room: str, *values: Any) -> None:
        await self.emit("heard", values, room)

    async def others(self, sid: str, room: str, *values: Any) -> None:
        await self.emit("heard", values, room, skip_sid=sid)

    async def kick(self, sid: str, *_: Any) -> None:
        await self.server.disconnect(sid, namespace=self.namespace)

    async def farewell(self, sid: str, room: str) -> None:
        await self.server.save_session(sid, {"farewell": room}, namespace=self.namespace)

    async def disconnect(self, sid: str, _reason: str = "") -> None:
        session = await self.server.get_session(sid, namespace=self.namespace)
        if room := session.get("farewell"):
            await self.emit("left", (), room)

    async def wonder(self, event: str, sid: str, *values: Any) -> str:
        await self.emit("unhandled", (event, *values), sid)
        return "unhandled"


UVICORN: dict[str, Any] = {"lifespan": "off", "ws_per_message_deflate": False}

HANDLED = (
    *("echo", "ack", "ask", "ask_briefly", "bytes", "several", "nothing"),
    *("join", "leave", "shout", "others", "kick", "farewell"),
)


async def missing(scope: Any, _receive: Any, send: Any) -> None:
    """Whatever is not the library's is not there."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body"})
    else:
        await send({"type": "websocket.close"})


def engine_application(library: Any) -> Any:
    """An Engine.IO application: it sends back what it is sent, and takes a few orders."""
    server = library.AsyncServer(async_mode="asgi")

    async def message(sid: str, data: Any) -> None:
        if data == "close":
            await server.disconnect(sid)
            return
        for answer in {"three": ("1", "2", "3"), "bytes": (b"\x01\x02",)}.get(str(data), (data,)):
            await server.send(sid, answer)

    server.on("message", message)
    return library.ASGIApp(server, missing)


def application(library: Any, options: dict[str, Any]) -> Any:
    """An ASGI application with these options."""
    if "limits" in options:
        options["limits"] = library.Limits(**options["limits"])
    server = library.AsyncServer(async_mode="asgi", **options)
    for namespace in NAMESPACES:
        Application(library, server, namespace)
    return library.ASGIApp(server, missing)


def listen() -> socket.socket:
    """A free port. asyncio lets replies wait (Nagle) on sockets that do not say that they are TCP."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    return listener


def loop_factory(driver_name: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The loop that the driver wants; Uvicorn is not asked, since it does not run it here."""
    return (
        importlib.import_module("uvloop").new_event_loop
        if DRIVERS[driver_name].loop == "uvloop"
        else None
    )


async def main(driver_name: str, key: str, chain: str) -> None:
    """Serve all houses in this loop."""
    driver, certificate = DRIVERS[driver_name], Certificate(Path(key), Path(chain))
    ports, servers, serving = {}, [], []
    for name, options in json.loads(sys.stdin.readline()).items():
        listener = listen()
        app = (
            engine_application(driver.library("engineio"))
            if options.get("layer") == "engine"
            else application(driver.library(), options)
        )
        server = uvicorn.Server(configure(app, driver, certificate, **UVICORN))
        ports[name] = listener.getsockname()[1]
        servers.append(server)
        serving.append(asyncio.create_task(server.serve(sockets=[listener])))
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.should_exit = server.force_exit = True
    await asyncio.wait(serving)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory(sys.argv[1])) as runner:
        runner.run(main(*sys.argv[1:]))
