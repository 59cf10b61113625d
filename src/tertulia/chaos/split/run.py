"""One run of the split tier: the people of the live tier, and what is done to many processes."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from tertulia.chaos.faults import BadWeather, Proxy, Weather, hold
from tertulia.chaos.live.process import DoesNotStart
from tertulia.chaos.live.run import Run, Setting
from tertulia.chaos.split.deployment import Split
from tertulia.chaos.split.servers import Frozen
from tertulia.chaos.violations import Violation

TROUBLES = (5, 9)
"""How often something is done in a run."""
SECONDS = (0.3, 2.5)
LONG_SECONDS = (2.5, 8.0)
"""Longer than a lease, and sometimes than what is waited for."""
LONG_SHARE = 0.1
PAUSE_SECONDS = (0.2, 1.0)
CALM_SECONDS = 1.0
BROKEN = (
    Weather("black_hole", carries=False),
    Weather("refuse", refuses=True, drops=0.2),
    Weather("drop", drops=0.05),
    Weather("delay", longest_delay=0.1),
)


class SplitRun(Run):
    """One seed on its way."""

    def __init__(self, seed: int, deployment: Split, setting: Setting) -> None:
        super().__init__(seed, deployment, setting)
        self._split = deployment
        self._counts_of_troubles: Counter[str] = Counter()

    async def prepare(self) -> None:
        """See `Run`. All runs, and dies while people live."""

    async def torment(self, proxy: Proxy) -> None:
        """See `Run`. NATS lies in half of the troubles, whatever else goes on."""
        del proxy
        for _ in range(self.chance.randint(*TROUBLES)):
            await asyncio.sleep(self.chance.uniform(*PAUSE_SECONDS))
            self._split.lies.holds = self.chance.random() < 0.5
            await self.chance.choice(self._troubles)()
        self._split.lies.holds = False
        violations = await self._recovered()
        await asyncio.sleep(CALM_SECONDS)
        self.note(self._counts_of_troubles + self._split.lies.counts, violations)

    @property
    def _troubles(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return (self._kill, self._kill, self._freeze, self._cut, self._roll, self._lie)

    async def _kill(self) -> None:
        part = self._draw_part()
        self._split.kill(part)
        await self._split.ended(part)
        self._did(f"kills: {part}")
        await asyncio.sleep(self.chance.uniform(*SECONDS) / 2)
        await self._start()

    async def _freeze(self) -> None:
        part = self._draw_part()
        await hold(Frozen(part, self._split.pid(part)), self._draw_seconds())
        self._did(f"stops: {part}")

    async def _cut(self) -> None:
        name, proxy = self.chance.choice(
            [("nats", self._split.to_nats), ("postgresql", self._split.to_postgresql)]
        )
        weather = self.chance.choice(BROKEN)
        if self.chance.random() < 0.5:
            proxy.cut()
        await hold(BadWeather(proxy, weather), self._draw_seconds())
        self._did(f"connections to {name}: {weather.name}")

    async def _roll(self) -> None:
        """A rolling restart under load, of half of the processes."""
        parts = self._split.own_parts
        for part in parts[self.chance.randrange(2) :: 2]:
            await self._split.restart(part)
            self._did(f"restarts: {part}")

    async def _lie(self) -> None:
        self._split.lies.holds = True
        await asyncio.sleep(self._draw_seconds())

    async def _start(self) -> None:
        """What died starts. It may fail while something is done; the end tells."""
        try:
            await self._split.start()
        except DoesNotStart:
            self._did("starts: in vain")

    async def _recovered(self) -> list[Violation]:
        try:
            await self._split.start()
        except DoesNotStart as error:
            return [Violation("G12", f"it does not start again: {str(error)[-600:]}")]
        return []

    def _draw_part(self) -> str:
        return self.chance.choice(self._split.parts)

    def _draw_seconds(self) -> float:
        is_long = self.chance.random() < LONG_SHARE
        return self.chance.uniform(*(LONG_SECONDS if is_long else SECONDS))

    def _did(self, what: str) -> None:
        self._counts_of_troubles[what] += 1
