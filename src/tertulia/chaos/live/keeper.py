"""Keeps a deployment alive by killing it: each life ends at a failpoint, or at any moment."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

from tertulia.chaos.live.deployment import Deployment
from tertulia.chaos.live.process import DoesNotStart
from tertulia.chaos.violations import Violation

REACHES = {
    "before_tx": 16,
    "after_insert": 16,
    "after_commit_before_publish": 16,
    "after_publish_before_ack": 40,
    "after_ack": 40,
    "mid_backfill_page": 6,
    "mid_outbox_delete": 12,
}
"""The failpoints of a server under load, and up to which reach they are drawn."""
LIFE_SECONDS = (0.2, 1.5)
CALM_SECONDS = 0.3
GENTLE_SHARE = 0.15
"""Of the lives that end by time, those that end by SIGTERM."""
TRIES = 3


def draw_failpoint(chance: Random) -> str:
    """One place, and what happens there at which reach: mostly the end."""
    name = chance.choice(list(REACHES))
    (action,) = chance.choices(("kill", "raise", "sleep"), (8, 1, 1))
    return f"{name}:{action}@{chance.randint(1, REACHES[name])}"


class Keeper:
    """Starts a deployment again whenever it has ended, and ends it so many times."""

    def __init__(
        self, deployment: Deployment, chance: Random, lives: int, harm: Callable[[], int]
    ) -> None:
        """`harm` counts what is done to it beside: its beginnings and its ends."""
        self.counts: Counter[str] = Counter()
        self.violations: list[Violation] = []
        self._deployment = deployment
        self._chance = chance
        self._lives = lives
        self._harm = harm

    async def keep(self) -> None:
        """Live and die so many times; at the end it runs, and nothing is armed."""
        for _ in range(self._lives):
            failpoint = draw_failpoint(self._chance)
            if await self._start(failpoint):
                await self._live(failpoint)
        await self._start("")

    async def revive(self) -> None:
        """Start it, should harm have ended it, and let it live a little with nothing done to it."""
        await asyncio.sleep(CALM_SECONDS)
        await self._start("")

    async def _live(self, failpoint: str) -> None:
        part = self._deployment.parts[self._chance.randrange(len(self._deployment.parts))]
        seconds = self._chance.uniform(*LIFE_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._deployment.ended(part)
                self.counts[f"kills at {failpoint.partition(':')[0]}"] += 1
                return
        if self._chance.random() < GENTLE_SHARE:
            await self._deployment.stop()
            self.counts["stops by SIGTERM"] += 1
        else:
            self._deployment.kill(part)
            await self._deployment.ended(part)
            self.counts["kills at any moment"] += 1

    async def _start(self, failpoint: str) -> bool:
        """Whether it is up with the failpoint armed: it may be reached while starting."""
        armed = failpoint
        for _ in range(TRIES):
            before = self._harm()
            try:
                await self._deployment.start(armed)
            except DoesNotStart as error:
                if not armed and self._harm() == before and before % 2 == 0:
                    self._complain(error)
                    return False
                armed = ""
                await asyncio.sleep(0.1)
            else:
                return armed == failpoint
        return False

    def _complain(self, error: DoesNotStart) -> None:
        says = f"it does not start on the data that it left: {str(error)[-600:]}"
        self.violations.append(Violation("G12", says))
