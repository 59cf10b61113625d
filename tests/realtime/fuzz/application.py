"""The server under attack, in a process of its own.

    python -m tests.realtime.fuzz.application --engine tertulia.realtime --driver fast --secret s3cret

It prints its port, serves until its standard input ends, and tells at `/gauges` what it holds.
`--engine socketio` puts python-socketio's server in its place, which has the same API.
"""

import argparse
import asyncio
import importlib
import importlib.util
import logging
import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn
from websockets.exceptions import InvalidState

from tests.realtime.fuzz.gauges import Gauges

PING_INTERVAL, PING_TIMEOUT, SECONDS = 0.5, 2.0, 2.0
"""Short enough for a round to end soon, long enough for witnesses on a busy machine."""

log = logging.getLogger(__name__)

MESSAGE_BYTES = 100_000
DRIVERS = {
    "fast": "tertulia.realtime.uvicorn_driver:WebSocketProtocol",
    "asgi": "websockets-sansio",
}


def table(engine: Any, secret: str) -> type:  # noqa: C901 - a list of handlers
    """A namespace that answers whatever comes, and lets those who know the secret talk in a room."""
    exceptions = importlib.import_module(f"{engine.__name__}.exceptions")

    class Table(engine.AsyncNamespace):
        async def on_connect(self, sid: str, environ: Any, auth: Any = None) -> None:
            if isinstance(auth, dict) and auth.get("refuse"):
                raise exceptions.ConnectionRefusedError("refused")
            await self.save_session(sid, {"witness": False})

        async def on_disconnect(self, sid: str, reason: Any = None) -> None:
            session = await self.get_session(sid)
            if session["witness"] and reason != "transport close":
                log.warning("a witness parted: %s", reason)

        async def on_echo(self, sid: str, *args: Any) -> Any:
            return args

        async def on_join(self, sid: str, *args: Any) -> None:
            is_witness = secret in args
            await self.save_session(sid, {"witness": is_witness})
            await self.enter_room(sid, secret if is_witness else repr(args)[:20])

        async def on_leave(self, sid: str, *args: Any) -> None:
            await self.leave_room(sid, repr(args)[:20])

        async def on_say(self, sid: str, *args: Any) -> None:
            """To everybody who is in the same room, in the order in which it was said."""
            known = bool(args) and args[0] == secret
            room = secret if known else repr(args[:1])[:20]
            await self.emit("said", args[1:] if known else list(args), room=room)

        async def on_gorge(self, sid: str, *args: Any) -> None:
            """Much for a client that asked for it."""
            times, size = (
                min(int(n), 60_000) if isinstance(n, int) else 10 for n in (*args, 9, 9)[:2]
            )
            for _ in range(min(times, 1000)):
                await self.emit("food", "x" * max(size, 0), room=sid)

        async def on_ask(self, sid: str, *args: Any) -> Any:
            """The answer of the client to a question."""
            try:
                return await self.call("riddle", "?", sid=sid, timeout=1)
            except (exceptions.TimeoutError, exceptions.DisconnectedError, KeyError):
                return "no answer"

        async def on_blob(self, sid: str, *args: Any) -> Any:
            await self.emit("blob", {"parts": [b"\x00\x01", b""]}, room=sid)
            return b"bytes"

        async def on_quit(self, sid: str, *args: Any) -> None:
            await self.disconnect(sid)

    return Table


def open_application(engine: Any, handlers: type, gauges: Gauges) -> Any:
    """The ASGI application: the engine, and the gauges beside it."""
    settings: dict[str, Any] = {
        "async_mode": "asgi",
        "ping_interval": PING_INTERVAL,
        "ping_timeout": PING_TIMEOUT,
        "max_http_buffer_size": MESSAGE_BYTES,
        "cors_allowed_origins": ["http://localhost"],
        "namespaces": ["/", "/ws"],
    }
    if hasattr(engine, "Limits"):
        settings["limits"] = engine.Limits(
            handshake_seconds=SECONDS, drain_seconds=SECONDS, linger_seconds=SECONDS
        )
    server = engine.AsyncServer(**settings)
    for namespace in settings["namespaces"]:
        server.register_namespace(handlers(namespace))
    return engine.ASGIApp(server, gauges)


async def serve(engine: Any, driver: str, handlers: type) -> None:
    """Serve until nobody holds standard input open any more."""
    gauges = Gauges(engine.__name__)
    config = uvicorn.Config(
        open_application(engine, handlers, gauges),
        ws=DRIVERS[driver],
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=1,
        timeout_graceful_shutdown=1,
        backlog=4096,
    )
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(gauges.watch_lag())
        group.create_task(_stop_at_end_of_input(server))
        print(listener.getsockname()[1], flush=True)  # noqa: T201 - read by who started it
        await server.serve([listener])
        watching.cancel()


async def _stop_at_end_of_input(server: uvicorn.Server) -> None:
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.should_exit = True


UVICORNS = (
    "Invalid UTF-8 sequence received",
    "ASGI callable returned without completing handshake",
    "ASGI callable returned without completing response",
)
"""Errors that Uvicorn itself logs: its WebSockets for a text that is none and for a client that left too
soon; its HTTP, with httptools, for any application whose answer meets the 400 to what came behind the request
(it closes the connection and goes on with the request that waited)."""


def is_ours(record: logging.LogRecord) -> bool:
    """Whether a record may tell of a fault of the engine.

    `InvalidState` is of the library of Uvicorn's own WebSockets: a text that is none behind a close frame.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, InvalidState) and not record.getMessage().startswith(UVICORNS)


def main(make_handlers: Callable[[Any, str], type] = table) -> None:
    """Read the options and serve; the handlers are made of the engine and the secret."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", default="tertulia.realtime")
    parser.add_argument("--driver", choices=DRIVERS, default="fast")
    parser.add_argument("--secret", required=True)
    options = parser.parse_args()
    logging.basicConfig(level="WARNING", format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger().handlers[0].addFilter(is_ours)
    engine = importlib.import_module(options.engine)
    with asyncio.Runner(loop_factory=_loop_of(options.driver)) as runner:
        runner.run(serve(engine, options.driver, make_handlers(engine, options.secret)))


def _loop_of(driver: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster loop for the faster driver, where it is installed."""
    if driver == "fast" and importlib.util.find_spec("uvloop"):
        return importlib.import_module("uvloop").new_event_loop
    return None


if __name__ == "__main__":
    main()
