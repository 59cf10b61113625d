"""A campaign: rounds against one driver until the time is over or something is found."""

import time

from tests.realtime.fuzz.rounds import SCRIPTS, Finding, Idle, attack, draw_round
from tests.realtime.fuzz.shrink import Budget, shrink
from tests.realtime.fuzz.target import Setup, running
from tests.realtime.fuzz.trials import Relapse, Repetition


class Campaign:
    """What is drawn from a seed, against a server of a setup."""

    def __init__(self, seed: str, setup: Setup, shrink_seconds: float) -> None:
        self.seed = seed
        self.setup = setup
        self.shrink_seconds = shrink_seconds

    async def run(self, seconds: float, only: int | None = None) -> bool:
        """Attack for some seconds, or play one round; whether anything was found. Prints both."""
        end = time.monotonic() + seconds
        number = only or 0
        try:
            async with running(self.setup) as target:
                idle: Idle | None = None
                while idle is None or (only is None and time.monotonic() < end):
                    idle = await attack(target, draw_round(self.seed, number), idle)
                    number += 1
        except Finding as finding:
            await self._report(number, finding)
            return True
        tell(f"{self.setup.driver}: nothing found in {number - (only or 0)} × {SCRIPTS} clients")
        return False

    async def _report(self, number: int, finding: Finding) -> None:
        tell(f"\n── {self.setup.driver}, seed {self.seed}, round {number}: {finding}\n")
        trial = Relapse if finding.logged else Repetition
        fails = trial(self.setup, finding.fault)
        scripts = draw_round(self.seed, number)
        for script in await shrink(scripts, fails, Budget(self.shrink_seconds)):
            tell(str(script))


def tell(text: str) -> None:
    """Print at once."""
    print(text, flush=True)  # noqa: T201 - a program, not a test
