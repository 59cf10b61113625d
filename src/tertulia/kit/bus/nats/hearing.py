"""What is heard on a subject: kept in order, up to a limit, until it has been listened to."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from nats.aio.msg import Msg

from tertulia.kernel.errors import DeadlinePassed
from tertulia.kit import metrics

MOST_MESSAGES = 8192
MOST_BYTES = 64 * 1024 * 1024
"""What one subscription keeps at most while its listener is busy; what comes then is dropped."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NatsSaid:
    """What somebody said on a subject."""

    subject: str
    payload: bytes
    reply: str | None = None
    headers: Mapping[str, str] | None = None


def expire(answer: asyncio.Future[bytes]) -> None:
    """An answer that has not come is not waited for any longer."""
    if not answer.done():
        answer.set_exception(DeadlinePassed())


Callback = Callable[[NatsSaid], Awaitable[None]]


class Subscription:
    """One subject, and who listens. It outlives the connections that it is heard over."""

    def __init__(self, subject: str, callback: Callback, queue: str = "") -> None:
        self.subject = subject
        self.queue = queue
        self.active = False
        """Whether the server knows of it, so that nothing said from now on is missed."""
        self.ended = False
        self.remote: Any = None
        """What nats-py has of it, on the connection that there is."""
        self._callback = callback
        self._kept: deque[NatsSaid] = deque()
        self._kept_bytes = 0
        self._task: asyncio.Task[None] | None = None

    async def hear(self, message: Msg) -> None:
        """Keep a message until those before it have been listened to. Does not suspend."""
        size = len(message.data)
        if len(self._kept) >= MOST_MESSAGES or self._kept_bytes + size > MOST_BYTES:
            metrics.BUS_DROPPED.labels("heard").inc()
            log.warning("bus_listener_too_slow", subject=message.subject)
            return
        self._kept.append(
            NatsSaid(message.subject, message.data, message.reply or None, message.headers)
        )
        self._kept_bytes += size
        if self._task is None:
            self._task = asyncio.create_task(self._listen())

    async def finished(self) -> None:
        """Everything heard so far has been listened to."""
        if self._task is not None:
            await self._task

    async def _listen(self) -> None:
        try:
            while self._kept:
                said = self._kept.popleft()
                self._kept_bytes -= len(said.payload)
                await self._tell(said)
        finally:
            self._task = None

    async def _tell(self, said: NatsSaid) -> None:
        try:
            await self._callback(said)
        except Exception:
            log.exception("bus_callback_failed", subject=said.subject)
