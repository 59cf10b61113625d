"""Whether the services that a process needs answer, in whatever processes they run."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

from tertulia.kernel.errors import AppError
from tertulia.kit.bus.barriers import Look, barriers_of
from tertulia.kit.bus.line import Line

BEAT_SECONDS = 1.0
"""Between two questions, and how long an answer may take."""


class Neighbours:
    """Asks each of some services every second whether it is there: it answers who follows its barriers."""

    def __init__(self, line: Line, services: Collection[str]) -> None:
        self._line = line
        self._silent = dict.fromkeys(services, True)
        self._heard = asyncio.Event()

    @property
    def silent(self) -> Sequence[str]:
        """Those that did not answer when they were asked last."""
        return [service for service, is_silent in self._silent.items() if is_silent]

    async def all_answered(self) -> None:
        """Wait until each has answered."""
        while self.silent:
            self._heard.clear()
            await self._heard.wait()

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[None]:
        """Ask, inside."""
        asking = [asyncio.create_task(self._ask(service)) for service in self._silent]
        try:
            yield
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)

    async def _ask(self, service: str) -> None:
        question = Look(gateway_id="", after=None).encoded
        while True:
            try:
                await self._line.call(barriers_of(service), question, seconds=BEAT_SECONDS)
            except AppError:
                self._silent[service] = True
            else:
                self._silent[service] = False
                self._heard.set()
            await asyncio.sleep(BEAT_SECONDS)
