"""What is done to a running deployment beside killing it: drawn by a seed, one after another."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from tertulia.chaos.faults import (
    BadWeather,
    ClockJump,
    FailingDisk,
    Fault,
    Proxy,
    Quota,
    Shim,
    Stopped,
    hold,
)
from tertulia.chaos.faults.weather import STORMS

PAUSE_SECONDS = (0.2, 1.5)
HARM_SECONDS = (0.2, 1.5)
LONG_SECONDS = (1.5, 15.0)
LONG_SHARE = 0.05


class Harm:
    """Faults on a schedule, until cancelled."""

    def __init__(
        self, pid: Callable[[], int], proxy: Proxy, shim: Shim | None, chance: Random
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._chance = chance
        self._faults: Sequence[Callable[[], Fault]] = (
            lambda: Stopped(pid),
            lambda: BadWeather(proxy, chance.choice(STORMS)),
            lambda: BadWeather(proxy, chance.choice(STORMS)),
            lambda: Quota(pid),
            *(_of_shim(shim, chance) if shim else ()),
        )
        self.turns = 0
        """Beginnings and ends of faults: odd while one lasts."""

    async def go_on(self) -> None:
        """Do harm, pause, do harm."""
        while True:
            await asyncio.sleep(self._chance.uniform(*PAUSE_SECONDS))
            fault = self._chance.choice(self._faults)()
            long = self._chance.random() < LONG_SHARE
            seconds = self._chance.uniform(*(LONG_SECONDS if long else HARM_SECONDS))
            self.turns += 1
            try:
                await hold(fault, seconds)
                self.counts[f"faults: {fault.name}"] += 1
            except ProcessLookupError:
                pass  # it was dead already
            finally:
                self.turns += 1


def _of_shim(shim: Shim, chance: Random) -> Sequence[Callable[[], Fault]]:
    return (
        lambda: ClockJump(shim, chance.choice((-3600, -30, 30, 3600))),
        lambda: FailingDisk(shim, chance.choice(("sync", "write", "short"))),
    )
