"""One run of the split tier: the people of the live tier, and what is done to many processes."""

import asyncio
from collections import Counter

from tertulia.chaos.faults import Proxy
from tertulia.chaos.live.process import DoesNotStart
from tertulia.chaos.live.run import Run, Setting
from tertulia.chaos.split.deployment import Split
from tertulia.chaos.split.troubles import Step, draw
from tertulia.chaos.violations import Violation

CALM_SECONDS = 1.0


class SplitRun(Run):
    """One seed on its way."""

    polling = 0.4
    """See `Run`. Each request of theirs comes in at any gateway."""

    def __init__(self, seed: int, deployment: Split, setting: Setting) -> None:
        super().__init__(seed, deployment, setting)
        self._steps = draw(seed)
        self._split = deployment
        self._befallen: Counter[str] = Counter()

    async def prepare(self) -> None:
        """See `Run`. All runs, and dies while people live."""

    async def torment(self, proxy: Proxy) -> None:
        """See `Run`. NATS lies in half of the troubles, whatever else goes on."""
        violations: list[Violation] = []
        try:
            try:
                for step in self._steps:
                    await self._take(step, proxy)
            finally:
                self._split.lies.holds = False
            await self._split.start()
        except DoesNotStart as error:
            says = f"it does not work again: {str(error)[-600:]}"
            violations.append(Violation("G12", says))
        await asyncio.sleep(CALM_SECONDS)
        lost = Counter({"commits: answers lost": self._split.commits.lost})
        self.note(self._befallen + self._split.lies.counts + lost, violations)

    async def _take(self, step: Step, clients: Proxy) -> None:
        await asyncio.sleep(step.pause)
        self._split.lies.holds = step.lies
        await step.trouble.befall(self._split, clients)
        self._befallen[step.trouble.name] += 1
        for part in self._split.dead:
            self._befallen[f"deaths of their own: {part}"] += 1
