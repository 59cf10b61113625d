"""What a server holds: an ASGI application that counts it inside the process, for whoever asks."""

import asyncio
import gc
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

from tertulia.realtime.engine.eager import spare

Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Tell: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

TICK = 0.05
WORKER = "_Worker"
"""Of the engine's classes the one of which some are kept: each is a task, and counted there."""


class Gauges:
    """Answers any request with the counts as JSON, after a full collection.

    `held` counts the living objects of the classes that belong to a connection: the engine's, and the
    transports, streams and timers of the loop; `tasks` those that have work. When nobody is connected both
    are what they were.
    """

    def __init__(self, engine: str) -> None:
        self._packages = (
            engine,
            "engineio" if engine == "socketio" else engine,
            "uvicorn.protocols",
        )
        self._busiest = 0.0
        self._latest = 0.0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Tell) -> None:
        if scope["type"] != "http" or scope["path"] != "/gauges":
            await _answer(send, scope["type"], 404, b"")
            return
        await _answer(send, scope["type"], 200, json.dumps(self.read()).encode())

    def read(self) -> dict[str, Any]:
        """The counts of this moment; `busy` and `late` are the most CPU time and delay of a tick ever."""
        gc.collect()
        return {
            "held": self._held(),
            "tasks": len(asyncio.all_tasks()) - len(spare()),
            "files": len(list(Path("/proc/self/fd").iterdir())),
            "blocks": sys.getallocatedblocks(),
            "bytes": _resident_bytes(),
            "busy": self._busiest,
            "late": self._latest,
        }

    async def watch_lag(self) -> None:
        """Measure how long the loop is kept busy, until cancelled."""
        while True:
            worked, due = time.thread_time(), time.monotonic() + TICK
            await asyncio.sleep(TICK)
            self._busiest = max(self._busiest, time.thread_time() - worked)
            self._latest = max(self._latest, time.monotonic() - due)

    def _held(self) -> dict[str, int]:
        classes = (type(thing) for thing in gc.get_objects())
        counts = Counter(one for one in classes if self._belongs(one) and one.__name__ != WORKER)
        return {f"{one.__module__}.{one.__qualname__}": count for one, count in counts.items()}

    def _belongs(self, one: type) -> bool:
        module = str(one.__module__)
        return module.startswith(self._packages) or module in {
            "asyncio.selector_events",
            "asyncio.streams",
            "uvloop.loop",
            "uvloop",
        }


async def _answer(send: Tell, kind: str, status: int, body: bytes) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close"})
        return
    headers = [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")
