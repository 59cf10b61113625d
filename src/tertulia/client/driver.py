"""Keeps a client connected until it is closed or the server ends its session."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any

from tertulia.client.asking import Asker
from tertulia.client.backoff import compute_delay
from tertulia.client.commands.presence import Watch
from tertulia.client.connection import Connection, Endpoint
from tertulia.client.errors import Closed, SessionEnded, TertuliaError, Unreachable
from tertulia.client.events import PresenceChanged
from tertulia.client.hearing import Hearer
from tertulia.client.outbox import Outbox

_log = logging.getLogger("tertulia.client")

READY_SECONDS = 10.0
STEADY_SECONDS = 10.0
"""A connection that ended sooner counts as another failed attempt."""


class Driver:
    """One person's connection to one server, made again whenever it ends."""

    def __init__(self, endpoint: Endpoint, auth: Mapping[str, Any], outbox: Outbox) -> None:
        self.asker = Asker(outbox)
        self.hearer = Hearer(self.asker.perform)
        self._endpoint = endpoint
        self._auth = {name: value for name, value in auth.items() if value is not None}
        self._connection: Connection | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def token(self) -> str | None:
        """The credential with which this client connects."""
        return self._auth.get("token")

    async def start(self) -> None:
        """Connect for the first time.

        Raises:
            TertuliaError: The server refused; `Unreachable` if it did not answer.
        """
        self._connection = await self._open()
        self._spawn(self._stay_connected(self._connection))
        for work in self.asker.post_kept():
            self._spawn(work)

    async def stop(self) -> None:
        """Disconnect; whoever still waits for an answer gets `Closed`."""
        self._end(Closed("This client was closed"), heard=None)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._connection:
            await self._connection.close()

    def _end(self, error: TertuliaError, *, heard: TertuliaError | None) -> None:
        self.asker.end(error)
        self.hearer.end(heard)

    async def _open(self) -> Connection:
        connection = Connection(self._endpoint, self.hearer.heard)
        await connection.open(self._auth)
        try:
            await self._wait_ready(connection)
        except BaseException:
            await connection.close()
            raise
        if self.hearer.ready.token:
            self._auth["token"] = self.hearer.ready.token
        self._endpoint = self._endpoint.coming_back()
        self.asker.connected(connection, self.hearer.ready.reconnect)
        return connection

    async def _wait_ready(self, connection: Connection) -> None:
        waits = (
            asyncio.ensure_future(self.hearer.wait_ready()),
            asyncio.ensure_future(connection.wait_closed()),
        )
        await asyncio.wait(waits, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if not waits[0].done():
            raise Unreachable(f"{self._endpoint.url} did not let this client in")

    async def _stay_connected(self, connection: Connection) -> None:
        attempt = 0
        try:
            while True:
                attempt = 0 if await _outlasts_a_fault(connection) else attempt + 1
                goodbye = self.hearer.goodbye
                await self._lose(connection)
                if goodbye and not goodbye.reconnect:
                    raise SessionEnded("The server ended this session", status=401)
                after_ms = goodbye and goodbye.after_ms
                self._connection = connection = await self._reopen(attempt, after_ms)
                if self.asker.watch:
                    self._spawn(self._watch_again(self.asker.watch))
        except TertuliaError as error:
            self._end(error, heard=error)

    async def _watch_again(self, watch: Watch) -> None:
        """Watch the same people on the new connection, and tell how they are now."""
        with suppress(TertuliaError):
            states = await self.asker.perform(watch)
            self.hearer.publish(
                PresenceChanged(user_id=user_id, state=state) for user_id, state in states.items()
            )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _lose(self, connection: Connection) -> None:
        _log.info("The connection to %s ended", self._endpoint.url)
        self.asker.lost()
        self.hearer.lost()
        await connection.close()
        self._connection = None

    async def _reopen(self, attempt: int, after_ms: int | None) -> Connection:
        while True:
            reconnect = self.hearer.ready.reconnect
            await asyncio.sleep(compute_delay(attempt, reconnect, at_least_ms=after_ms))
            try:
                return await self._open()
            except TertuliaError as error:
                if not error.retryable:
                    raise
                attempt, after_ms = attempt + 1, error.retry_after_ms
            self.hearer.lost()


async def _outlasts_a_fault(connection: Connection) -> bool:
    """Wait for the end of a connection; say whether it held long enough to begin the waits anew.

    A server that lets everybody in and falls over would otherwise be met at full speed for ever.
    """
    try:
        async with asyncio.timeout(STEADY_SECONDS):
            await connection.wait_closed()
    except TimeoutError:
        await connection.wait_closed()
        return True
    return False
