"""Signs of life: owners wait for the confirmations of those gateways that they have heard."""

import asyncio
from collections.abc import Callable

from tertulia.kit.bus.barriers import ALIVE, BEAT_SECONDS, ROLL_CALL, Beat
from tertulia.kit.bus.line import Line, Said

SILENT_SECONDS = 8.0
"""A gateway that said nothing for so long may be forgotten before a lease ends that it asks for now."""
REPEATS = 10
"""How often it then says that it is there, since a line may lose what is said."""
REPEAT_SECONDS = 0.1


class Heartbeat:
    """Says twice a second that a gateway is there, and when it goes."""

    def __init__(self, line: Line, gateway_id: str, now: Callable[[], float]) -> None:
        self._line = line
        self._gateway_id = gateway_id
        self._now = now
        self._said_at = float("-inf")
        self._owed = REPEATS
        self._beating: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Say it from now on, and whenever an owner asks who is there."""
        await self._line.subscribe(ROLL_CALL, self._answer)
        self._beating = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Say goodbye: nobody waits for this gateway any more, so it may tell nothing any more."""
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
            self._line.send(ALIVE, Beat(gateway_id=self._gateway_id, leaves=True).encoded)

    async def known(self) -> float:
        """Wait until the owners know of this gateway: the moment at which they did."""
        while True:
            now = self._now()
            self._notice_silence(now)
            if not self._owed:
                return now
            self._beat()
            await asyncio.sleep(REPEAT_SECONDS)

    def _notice_silence(self, now: float) -> None:
        if now - self._said_at >= SILENT_SECONDS:
            self._owed = REPEATS

    def _beat(self) -> None:
        now = self._now()
        self._notice_silence(now)
        if self._line.connected:
            self._line.send(ALIVE, Beat(gateway_id=self._gateway_id).encoded)
            self._said_at = now
            self._owed = max(0, self._owed - 1)

    async def _answer(self, _: Said) -> None:
        if self._beating is not None and not self._beating.done():
            self._beat()

    async def _run(self) -> None:
        while True:
            self._beat()
            await asyncio.sleep(BEAT_SECONDS)
