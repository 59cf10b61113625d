"""The application of oracle.mjs for a library with the API of `socketio.AsyncServer`, behind Uvicorn.

Reads sets of options from the standard input, `{"name": {…options}, …}`, and prints `{"name": port, …}` when all
listen. Ends when the standard input does.
"""

import argparse
import asyncio
import importlib
import json
import socket
import sys
from typing import Any

import uvicorn

NAMESPACES = ("/", "/admin", "/hello")


class Application:
    """What the clients of one namespace can ask for."""

    def __init__(self, library: Any, server: Any, namespace: str) -> None:
        self.library = library
        self.server = server
        self.namespace = namespace
        for event in ("connect", *HANDLED):
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

    async def wonder(self, event: str, sid: str, *values: Any) -> str:
        await self.emit("unhandled", (event, *values), sid)
        return "unhandled"


HANDLED = (
    *("echo", "ack", "ask", "ask_briefly", "bytes", "several", "nothing"),
    *("join", "leave", "shout", "others", "kick"),
)


async def missing(scope: Any, _receive: Any, send: Any) -> None:
    """Whatever is not the library's is not there."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body"})
    else:
        await send({"type": "websocket.close"})


def application(library: Any, options: dict[str, Any]) -> Any:
    """An ASGI application with these options."""
    if "limits" in options:
        options["limits"] = library.Limits(**options["limits"])
    server = library.AsyncServer(async_mode="asgi", **options)
    for namespace in NAMESPACES:
        Application(library, server, namespace)
    return library.ASGIApp(server, missing)


def listen(app: Any, arguments: argparse.Namespace) -> tuple[int, uvicorn.Server]:
    """Take connections on a free port from now on; the server answers them once it serves."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(
        app,
        ws=arguments.ws,
        lifespan="off",
        log_level="warning",
        ssl_certfile=arguments.certificate,
    )
    server = uvicorn.Server(config)
    SERVING.append(asyncio.create_task(server.serve(sockets=[listener])))
    return listener.getsockname()[1], server


SERVING: list[asyncio.Task[None]] = []


async def main(arguments: argparse.Namespace) -> None:
    library = importlib.import_module(arguments.library)
    houses = json.loads(sys.stdin.readline())
    listening = {
        name: listen(application(library, options), arguments) for name, options in houses.items()
    }
    sys.stdout.write(json.dumps({name: port for name, (port, _) in listening.items()}) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for _, server in listening.values():
        server.should_exit = server.force_exit = True
    await asyncio.wait(SERVING)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", default="tertulia.realtime")
    parser.add_argument("--ws", default="auto", help="what Uvicorn calls the driver of WebSockets")
    parser.add_argument("--certificate", help="a PEM file with a key and its certificate")
    asyncio.run(main(parser.parse_args()))
