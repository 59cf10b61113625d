"""Reacting durably on the events of a service that runs in other processes: its log, asked for over the bus."""

import asyncio
from collections.abc import Iterable

import structlog

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import AppError
from tertulia.kernel.event_log import EventsQuery
from tertulia.kernel.messages import Event
from tertulia.kit.bus import Bus
from tertulia.kit.outbox.relay import RETRY_SECONDS, Consumer, rung

STANDBY_SECONDS = 1.0
"""Between two looks of one that leaves the work to another process."""

log = structlog.get_logger(__name__)


class Following:
    """Carries out a durable consumer's reactions, page by page.

    It looks when one of the events is told, and every few seconds. Several processes may follow for one
    service: what another has carried out, as the stored position says, is passed over. Whoever meets that
    stands by: it leaves the work to the other one, and takes it up where a look finds that it is not done.
    """

    def __init__(
        self, consumer: Consumer, bus: Bus, query: type[EventsQuery], events: Iterable[type[Event]]
    ) -> None:
        self._consumer = consumer
        self._bus = bus
        self._query = query
        self._stands_by = False
        self._task: asyncio.Task[None] | None = None
        for kind in events:
            bus.listen(kind, self._ring)

    def start(self) -> None:
        """Go on from the stored position."""
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """End; what is not carried out is carried out next time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _ring(self, _event: Event) -> None:
        self._consumer.bell.set()

    async def _follow(self) -> None:
        while True:
            try:
                await self._carry_out_page()
            except AppError as error:
                log.info("cannot_follow", consumer=self._consumer.name, code=error.code)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                log.exception("consumer_failed", consumer=self._consumer.name)
                await asyncio.sleep(RETRY_SECONDS)

    async def _carry_out_page(self) -> None:
        consumer = self._consumer
        after = await consumer.database.read(consumer.position)
        page = await self._bus.ask(self._query(consumer=consumer.name, after=after))
        for logged in page.items:
            was_first = await consumer.database.write(consumer.unit, logged, SYSTEM)
            self._stands_by = not was_first
            if self._stands_by:
                break
        if self._stands_by:
            await asyncio.sleep(STANDBY_SECONDS)
        elif not page.items:
            await rung(consumer.bell)
