"""Sessions of open connections are looked at now and then: they are in use, and one that expired ends."""

import asyncio

import structlog

from tertulia.accounts.contract import Authenticate
from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.connections import Connection, Connections, Farewell
from tertulia.kernel.errors import AppError, Unauthenticated
from tertulia.kit.bus import Bus

SECONDS = 900.0
"""Between two looks."""
EXPIRED = Farewell("session_revoked", reconnect=False)

log = structlog.get_logger(__name__)


class Rechecks:
    """Looks at every connection in turn; guests have no session that could end."""

    def __init__(self, bus: Bus, connections: Connections, audience: Audience) -> None:
        self._bus = bus
        self._connections = connections
        self._audience = audience
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def recheck(self) -> None:
        """Look at everybody once."""
        for connection in self._connections:
            if connection.live and connection.actor.kind != "guest":
                await self._recheck(connection)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            await self.recheck()

    async def _recheck(self, connection: Connection) -> None:
        try:
            await self._bus.ask(Authenticate(token=connection.token), connection.actor)
        except Unauthenticated:
            await self._audience.dismiss(connection, EXPIRED)
        except AppError as error:
            log.warning("session_not_rechecked", code=error.code)
