"""The other gateways: who of them is there, by the signs of life that each gives."""

import asyncio

from tertulia.kit.bus.barriers import ALIVE, ROLL_CALL, Beat, heard
from tertulia.kit.bus.line import Line, Said

SILENT_SECONDS = 3.0
"""Who was not heard for so long is gone, as far as requests of clients are concerned."""


class Peers:
    """Gateways that were heard lately and did not say goodbye."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._heard: dict[str, float] = {}

    async def start(self) -> None:
        """Hear them, and ask who is there."""
        await self._line.subscribe(ALIVE, self._hear)
        self._line.send(ROLL_CALL, b"{}")

    def is_alive(self, gateway_id: str) -> bool:
        """Whether a gateway was heard lately."""
        return _now() - self._heard.get(gateway_id, float("-inf")) < SILENT_SECONDS

    async def _hear(self, said: Said) -> None:
        beat = heard(Beat, said)
        if beat is None:
            return
        self._forget_silent()
        if beat.leaves:
            self._heard.pop(beat.gateway_id, None)
        else:
            self._heard[beat.gateway_id] = _now()

    def _forget_silent(self) -> None:
        for gateway_id in [it for it in self._heard if not self.is_alive(it)]:
            del self._heard[gateway_id]


def _now() -> float:
    return asyncio.get_running_loop().time()
