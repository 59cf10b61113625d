"""Where barriers of a service may have been missed: nobody stays who could know what they may not.

A session is looked up again. Where somebody may hear is not: whoever missed barriers missed what is told beside
them too, so clients have to look again in any case, and they do when they come again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping

import structlog

from tertulia.accounts.contract import Authenticate
from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.connections import Connection, Connections, Farewell
from tertulia.gateway.live.departures import GENTLE_PER_SECOND
from tertulia.gateway.live.rechecks import EXPIRED
from tertulia.gateway.sessions import Sessions
from tertulia.kernel.errors import Unauthenticated
from tertulia.kit import metrics
from tertulia.kit.bus import Bus

AT_ONCE = 32
"""Sessions that are looked up at the same time."""

log = structlog.get_logger(__name__)


class Revalidation:
    """Makes true what is known here, in a pause."""

    def __init__(
        self, bus: Bus, connections: Connections, audience: Audience, sessions: Sessions
    ) -> None:
        """`bus`: to the owners, also in a pause."""
        self._bus = bus
        self._connections = connections
        self._audience = audience
        self._sessions = sessions
        self._of: Mapping[str, Callable[[], Awaitable[None]]] = {
            Authenticate.owner: self._look_up_sessions
        }

    async def revalidate(self, owner: str) -> None:
        """Of a service whose barriers may have been missed. Raises what the service raises."""
        metrics.REVALIDATIONS.labels(owner).inc()
        log.info("revalidates", service=owner, connections=len(self._connections))
        await self._of.get(owner, self._see_off)()

    async def _look_up_sessions(self) -> None:
        self._sessions.forget_all()
        free = asyncio.Semaphore(AT_ONCE)
        signed_in = [it for it in self._connections if it.actor.kind != "guest"]
        await asyncio.gather(*(self._look_up(it, free) for it in signed_in))

    async def _look_up(self, connection: Connection, free: asyncio.Semaphore) -> None:
        async with free:
            try:
                await self._bus.ask(Authenticate(token=connection.token), connection.actor)
            except Unauthenticated:
                await self._audience.dismiss(connection, EXPIRED)

    async def _see_off(self) -> None:
        """Ask everybody to come again, not all at once; when this returns they hear nothing any more."""
        spread = 1_000 * len(self._connections) // GENTLE_PER_SECOND
        for connection in self._connections:
            after_ms = 1_000 + random.randint(0, spread)  # noqa: S311 - hides nothing
            await self._audience.dismiss(connection, Farewell("going_away", after_ms=after_ms))
