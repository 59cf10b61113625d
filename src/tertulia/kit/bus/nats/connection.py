"""One connection to a NATS server, until it is lost: what is particular to nats-py is here."""

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, FlushTimeoutError

from tertulia.kit.bus.nats.credentials import Credentials
from tertulia.kit.bus.nats.hearing import MOST_BYTES, MOST_MESSAGES, Subscription

CONNECT_SECONDS = 2
"""For connecting, and again for signing in."""
PULSE_SECONDS = 1.0
PULSE_PATIENCE = 3
"""A server is asked for a sign of life so often, and given up after so long without one."""
CLOSE_SECONDS = 1.0
PENDING_BYTES = 2 * 1024 * 1024
"""What nats-py collects before it waits for the socket."""

FAILURES = (Error, OSError, TimeoutError, RuntimeError)
"""What nats-py raises when a connection cannot be made or breaks: `RuntimeError` where it writes to a transport
of uvloop that is closed."""

log = structlog.get_logger(__name__)


class Connection:
    """Opened once and closed once. A line that wants to go on makes another."""

    def __init__(self, server: str) -> None:
        self.client = Client()
        self.server = urlsplit(server).netloc.rpartition("@")[2] or server
        """Its address, without what is secret."""
        self._url = server
        self._woken = asyncio.Event()
        self._echo = f"_INBOX.{secrets.token_hex(11)}"
        self._echoes: deque[asyncio.Future[None]] = deque()

    @property
    def is_open(self) -> bool:
        """Whether the server is there, as far as is known."""
        return self.client.is_connected

    async def open(self, name: str, credentials: Credentials) -> None:
        """Connect and sign in. Raises one of `FAILURES`."""
        async with asyncio.timeout(2 * CONNECT_SECONDS):
            await self.client.connect(
                self._url,
                name=name,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=CONNECT_SECONDS,
                ping_interval=3600,  # `lost` asks more often
                pending_size=PENDING_BYTES,
                error_cb=self._note,
                closed_cb=self._wake,
                **credentials.options(),
            )
            await self.client.subscribe(self._echo, cb=self._hear_echo)

    async def register(self, subscriptions: Iterable[Subscription]) -> None:
        """Make subscriptions known to the server. Raises one of `FAILURES`."""
        known = list(subscriptions)
        for it in known:
            if it.remote is None:
                it.remote = await self._subscribe(it)
        await self._caught_up()
        for it in known:
            it.active = not it.ended
            if it.ended and it.remote is not None:
                await it.remote.unsubscribe()

    async def _subscribe(self, it: Subscription) -> Any:
        return await self.client.subscribe(
            it.subject,
            queue=it.queue,
            cb=it.hear,
            pending_msgs_limit=MOST_MESSAGES,
            pending_bytes_limit=MOST_BYTES,
        )

    async def drain(self, subscriptions: Iterable[Subscription]) -> None:
        """Hear these no more, once what the server has sent is kept to be listened to. Raises `FAILURES`."""
        remotes = [it.remote for it in subscriptions if it.remote is not None]
        for remote in remotes:
            # Not `unsubscribe`, which throws away what is on its way, nor its `drain`: see `_caught_up`.
            await self.client._send_unsubscribe(remote._id)  # noqa: SLF001
        await self._caught_up()
        for remote in remotes:
            while remote.pending_msgs:  # noqa: ASYNC110 - its own task takes them
                await asyncio.sleep(0)
            await remote.unsubscribe()

    async def lost(self) -> None:
        """Wait until the server is gone, or gives no sign of life."""
        while self.client.is_connected and await self._beats():
            self._woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(PULSE_SECONDS):
                    await self._woken.wait()

    async def close(self) -> None:
        """Hang up, whether the server takes notice or not."""
        with suppress(*FAILURES):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.client.close()
        self._abandon()

    async def _caught_up(self) -> None:
        """Wait until the server has read everything up to here: what is said on a subject of our own, it echoes.

        Not `flush` of nats-py, whose PING overtakes the commands that it still collects.
        """
        echoed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._echoes.append(echoed)
        await self.client.publish(self._echo)
        async with asyncio.timeout(PULSE_PATIENCE):
            await echoed

    async def _hear_echo(self, _message: Msg) -> None:
        echoed = self._echoes.popleft()
        if not echoed.done():
            echoed.set_result(None)

    async def _beats(self) -> bool:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await self.client.flush(PULSE_PATIENCE)
        except FlushTimeoutError:
            # Later than it had to be: this process was stopped, and the server may have answered.
            return loop.time() - began > 2 * PULSE_PATIENCE
        except FAILURES:
            return False
        return True

    def _abandon(self) -> None:
        """What nats-py leaves when the server takes nothing, or the connection breaks while it closes.

        It waits until what was written has been taken, which from a server that is stopped is never.
        """
        remotes: dict[int, Any] = getattr(self.client, "_subs", {})
        for remote in list(remotes.values()):
            remote._stop_processing()  # noqa: SLF001 - there is no public way on a closed client
        writer = getattr(getattr(self.client, "_transport", None), "_io_writer", None)
        if writer is not None:
            writer.transport.abort()

    async def _note(self, failure: Exception) -> None:
        log.warning("bus_error", server=self.server, why=repr(failure))
        self._woken.set()

    async def _wake(self) -> None:
        self._woken.set()
