"""What waits to be written to the connection: in order, up to a limit, and never for a later connection."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

import structlog
from nats.aio.client import Client
from nats.errors import Error

from tertulia.kit import metrics

MOST_BYTES = 32 * 1024 * 1024
"""What waits at most, while the server takes nothing; what comes then is dropped."""

log = structlog.get_logger(__name__)


class Letter(NamedTuple):
    """One message on its way out."""

    subject: str
    payload: bytes
    reply: str
    headers: dict[str, str] | None


class Outbox:
    """Hands messages to one connection, one after another, so that `put` need not suspend."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._letters: deque[Letter] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def put(
        self, subject: str, payload: bytes, reply: str, headers: Mapping[str, str] | None
    ) -> bool:
        """Whether it will be written, unless the connection breaks."""
        if self._closed or self._bytes + len(payload) > MOST_BYTES:
            metrics.BUS_DROPPED.labels("said").inc()
            log.warning("bus_takes_nothing", subject=subject)
            return False
        self._letters.append(Letter(subject, payload, reply, dict(headers) if headers else None))
        self._bytes += len(payload)
        if self._task is None:
            self._task = asyncio.create_task(self._write())
        return True

    async def emptied(self, seconds: float) -> None:
        """Wait until everything put so far is on its way; not for longer than that."""
        if self._task is not None:
            await asyncio.wait([self._task], timeout=seconds)

    def close(self) -> None:
        """Forget what waits: who asked is told otherwise, and an old request is not to be carried out."""
        self._closed = True
        self._letters.clear()
        if self._task is not None:
            self._task.cancel()

    async def _write(self) -> None:
        try:
            while self._letters:
                letter = self._letters.popleft()
                self._bytes -= len(letter.payload)
                await self._client.publish(*letter)
        except (Error, OSError):
            self._closed = True  # the line notices by itself, and begins again with another
        finally:
            self._task = None
