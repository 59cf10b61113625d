"""Uvicorn at its best for this: uvloop, httptools, no compression, no log, garbage frozen at start."""

import asyncio
import gc
import resource
import signal
import socket
import sys
from typing import Any

import uvicorn
import uvloop

BACKLOG = 4096


def serve(application: Any, *, ws: str, http: str = "httptools", shared_port: int = 0) -> None:
    """Serve on the port of the first argument until SIGTERM, and on one that is shared with other processes.

    SIGUSR2 collects garbage.
    """
    _raise_open_files()
    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http=http,
        proxy_headers=False,
        ws=ws,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        backlog=BACKLOG,
        log_level="critical",
        access_log=False,
        lifespan="off",
    )
    sockets = [config.bind_socket()]
    if shared_port:
        sockets.append(_shared(shared_port))
    uvloop.run(_run(uvicorn.Server(config), sockets))


async def _run(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR2, gc.collect)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # as `tertulia serve`, for either library
    await server.serve(sockets)


def _shared(port: int) -> socket.socket:
    """The kernel spreads connections over all processes that listen on the port so."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def _raise_open_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
