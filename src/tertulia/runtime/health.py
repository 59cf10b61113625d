"""The health of one process on a port of its own: /healthz, /readyz and /metrics, for who watches it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from tertulia.kit import metrics

STARTING = "start"
"""What is late until all services of the process have started."""
JSON = b"application/json"
PLAIN = b"text/plain; charset=utf-8"


class Health:
    """An ASGI application. It tells everybody who reaches the port, which is why that is loopback's."""

    def __init__(self) -> None:
        self.late: Callable[[], Sequence[str]] = lambda: (STARTING,)
        """What the process waits for, by name."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one ASGI scope."""
        status, kind, body = self._answer(scope["path"])
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, path: str) -> tuple[int, bytes, bytes]:
        match path:
            case "/healthz":
                return 200, JSON, b'{"alive": true}'
            case "/readyz":
                late = list(self.late())
                told = {"ready": not late, **({"late": late} if late else {})}
                return 503 if late else 200, JSON, json.dumps(told).encode()
            case "/metrics":
                body, media_type = metrics.exposition()
                return 200, media_type.encode(), body
            case _:
                return 404, PLAIN, b"not found"

    @asynccontextmanager
    async def told_on(self, listener: socket.socket) -> AsyncIterator[None]:
        """Answer on a port, inside."""
        server = _Quiet(_config(self))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving


class _Quiet(uvicorn.Server):
    """Leaves the signals to the process."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """See the class."""
        yield


def _config(health: Health) -> uvicorn.Config:
    return uvicorn.Config(
        health,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        http="h11",
        ws="none",
        timeout_graceful_shutdown=1,
    )
