"""The line over NATS: one connection, made again for ever, with its subscriptions.

nats-py connects, signs in and speaks the protocol. What it would do at a loss it is not let do: it would
send what was buffered to a later connection, and wait for an answer that will not come. Here a lost
connection is given up at once with all that was under way, and another is made.
"""

import asyncio
import random
import secrets
from collections.abc import Coroutine, Iterable, Mapping
from contextlib import suppress
from itertools import count, cycle
from typing import Any

import structlog
from nats.aio.msg import Msg

from tertulia.kernel.errors import TooLarge, Unavailable
from tertulia.kit import metrics
from tertulia.kit.bus.nats.connection import FAILURES, Connection
from tertulia.kit.bus.nats.credentials import Credentials
from tertulia.kit.bus.nats.hearing import Callback, Subscription, expire
from tertulia.kit.bus.nats.outbox import Outbox

START_SECONDS = 5.0
"""`start` waits so long for a server that is not there yet."""
FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0
"""Between two attempts to connect, in seconds: twice as long each time, and anything down to half of it."""
AWAY_SECONDS = 1.0
"""After these it is worth asking again when the server was away."""
STOP_SECONDS = 1.0
"""How long `stop` waits at most until what was said is written."""

log = structlog.get_logger(__name__)


class NobodyListens(Unavailable):
    """The server knows nobody who would hear it."""


class NatsLine:
    """See `tertulia.kit.bus.line.Line`. `url` may name several servers of one cluster, with commas."""

    def __init__(
        self, url: str, credentials: Credentials | None = None, *, name: str = "tertulia"
    ) -> None:
        self.name = name
        """How the connection is called in the server's monitoring."""
        self._servers = [server.strip() for server in url.split(",")]
        self._credentials = credentials or Credentials()
        self._inbox = f"_INBOX.{secrets.token_hex(11)}"
        self._tokens = count()
        self._calls: dict[str, asyncio.Future[bytes]] = {}
        self._subscriptions: set[Subscription] = set()
        self._connection: Connection | None = None
        self._outbox: Outbox | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._reached = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the server is there now, as far as is known."""
        return self._connection is not None and self._connection.is_open

    @property
    def most_bytes(self) -> int:
        """The largest payload that the server takes."""
        return 0 if self._connection is None else self._connection.client.max_payload

    async def start(self) -> None:
        """Connect, now or when the server is there: it is waited for a little, and then in the background."""
        self._keeping = asyncio.create_task(self._keep())
        with suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                await self._reached.wait()

    async def stop(self) -> None:
        """Send what waits, and hang up. Who waits for an answer gets `Unavailable`."""
        if self._outbox is not None and self.connected:
            await self._outbox.emptied(STOP_SECONDS)
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        self._hang_up()
        await asyncio.gather(*self._closing)

    async def call(
        self,
        subject: str,
        payload: bytes,
        *,
        seconds: float,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The answer of one who listens.

        `Unavailable` at once when nobody does or the server is away, and when it goes away meanwhile;
        `DeadlinePassed` after the seconds; `TooLarge`.
        """
        token = str(next(self._tokens))
        loop = asyncio.get_running_loop()
        answer = self._calls[token] = loop.create_future()
        timer = loop.call_later(seconds, expire, answer)
        try:
            if not self._put(subject, payload, f"{self._inbox}.{token}", headers):
                raise Unavailable("The bus is away.", retry_after=AWAY_SECONDS)
            return await answer
        finally:
            timer.cancel()
            del self._calls[token]

    def send(
        self,
        subject: str,
        payload: bytes,
        *,
        reply: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Say something to all who listen. Does not suspend, and does not fail: it may be lost."""
        try:
            self._put(subject, payload, reply or "", headers)
        except TooLarge:
            metrics.BUS_DROPPED.labels("too_large").inc()
            log.error("bus_message_too_large", subject=subject, bytes=len(payload))  # noqa: TRY400

    async def subscribe(self, subject: str, callback: Callback, *, queue: str = "") -> None:
        """Hear what is said on a subject from now on; of all who name the same `queue`, one hears it.

        While the server is away it is noted, and takes effect with the next connection.
        """
        await self.subscribe_all([Subscription(subject, callback, queue)])

    async def subscribe_all(self, subscriptions: Iterable[Subscription]) -> None:
        """Hear all of these; those that the server knows when this returns are `active`."""
        added = list(subscriptions)
        self._subscriptions.update(added)
        if self._connection is not None and self._connection.is_open:
            with suppress(*FAILURES):
                await self._connection.register(added)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Hear it no more."""
        self._forget(subscription)
        if subscription.remote is not None:
            self._later(_unsubscribe(subscription.remote))

    async def drain(self, subscriptions: Iterable[Subscription]) -> None:
        """Hear these no more; returns when what was on its way here has been listened to."""
        ended = list(subscriptions)
        for it in ended:
            self._forget(it)
        if self._connection is not None and self._connection.is_open:
            with suppress(*FAILURES):
                await self._connection.drain(ended)
        await asyncio.gather(*(it.finished() for it in ended))

    def _forget(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)
        subscription.ended, subscription.active = True, False

    def _put(
        self, subject: str, payload: bytes, reply: str, headers: Mapping[str, str] | None
    ) -> bool:
        if self._outbox is None or not self.connected:
            return False
        if len(payload) > self.most_bytes:
            raise TooLarge("This is more than the bus carries at once.")
        return self._outbox.put(subject, payload, reply, headers)

    async def _keep(self) -> None:
        """Be connected, for as long as the line is wanted."""
        wait = FIRST_WAIT
        for server in cycle(random.sample(self._servers, len(self._servers))):
            connection = Connection(server)
            if await self._open(connection):
                wait = FIRST_WAIT
                await connection.lost()
                log.warning("bus_lost", server=connection.server)
                self._hang_up()
            await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - hides nothing
            wait = min(wait * 2, LONGEST_WAIT)

    async def _open(self, connection: Connection) -> bool:
        """Connect and subscribe; only then be connected: who asks can be answered."""
        try:
            await connection.open(self.name, self._credentials)
            await connection.client.subscribe(f"{self._inbox}.*", cb=self._hear_answer)
            while new := [it for it in self._subscriptions if it.remote is None]:
                await connection.register(new)
        except FAILURES as failure:
            log.warning("bus_unreachable", server=connection.server, why=repr(failure))
            self._let_go(connection)
            return False
        except asyncio.CancelledError:
            self._let_go(connection)
            raise
        self._connection, self._outbox = connection, Outbox(connection.client)
        metrics.BUS_CONNECTIONS.inc()
        log.info("bus_connected", server=connection.server)
        self._reached.set()
        return True

    async def _hear_answer(self, message: Msg) -> None:
        answer = self._calls.get(message.subject.rpartition(".")[2])
        if answer is None or answer.done():
            return
        if message.headers and message.headers.get("Status") == "503":
            answer.set_exception(NobodyListens(retry_after=AWAY_SECONDS))
        else:
            answer.set_result(message.data)

    def _hang_up(self) -> None:
        """Give up the connection, and all that was under way on it."""
        connection, self._connection = self._connection, None
        outbox, self._outbox = self._outbox, None
        if outbox is not None:
            outbox.close()
        for answer in self._calls.values():
            if not answer.done():
                answer.set_exception(Unavailable("The bus went away.", retry_after=AWAY_SECONDS))
        if connection is not None:
            self._let_go(connection)

    def _let_go(self, connection: Connection) -> None:
        for it in self._subscriptions:
            it.active, it.remote = False, None
        self._later(connection.close())

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _unsubscribe(remote: Any) -> None:
    with suppress(*FAILURES):
        await remote.unsubscribe()
