"""A campaign: an attack on one driver until the time is over or something is found."""

import time

from tests.realtime.fuzz.codecs import Codecs, Difference
from tests.realtime.fuzz.rounds import SCRIPTS, Finding, Idle, attack, draw_round
from tests.realtime.fuzz.shrink import Budget, shrink
from tests.realtime.fuzz.target import Setup, running
from tests.realtime.fuzz.trials import Relapse, Repetition

CODECS = 0.3
"""The part of the time that goes to the codecs."""


class Campaign:
    """What is drawn from a seed, against a server of a setup."""

    def __init__(self, seed: str, setup: Setup, shrink_seconds: float) -> None:
        self.seed = seed
        self.setup = setup
        self.shrink_seconds = shrink_seconds
        self._number = 0

    async def run(self, seconds: float) -> bool:
        """Attack for some seconds; whether anything was found. What was found is printed."""
        found = await self.run_codecs(seconds * CODECS)
        return await self.run_rounds(seconds * (1 - CODECS)) or found

    async def run_codecs(self, seconds: float) -> bool:
        """Attack the codecs in this process."""
        try:
            count = await Codecs(self.setup.engine, self.setup.driver).run(self.seed, seconds)
        except Difference as difference:
            tell(f"\n── {self.setup.driver}, seed {self.seed}, codecs: {difference}\n")
            return True
        tell(f"{self.setup.driver}: nothing found in {count} streams and bodies")
        return False

    async def run_rounds(self, seconds: float, first: int = 0) -> bool:
        """Attack a server in rounds, one at least."""
        end = time.monotonic() + seconds
        number, found = first, False
        while not found and (number == first or time.monotonic() < end):
            try:
                number = await self._play(number, end)
            except Finding as finding:
                number, found = await self._report(finding)
        if not found:
            tell(f"{self.setup.driver}: nothing found in {number - first} × {SCRIPTS} clients")
        return found

    async def _play(self, number: int, end: float) -> int:
        """Play rounds against one server until the time is over; the next number."""
        async with running(self.setup) as target:
            idle: Idle | None = None
            while idle is None or time.monotonic() < end:
                self._number = number
                idle = await attack(target, draw_round(self.seed, number), idle)
                number += 1
        return number

    async def _report(self, finding: Finding) -> tuple[int, bool]:
        """Print a finding and what provokes it; the next number, and whether it is one."""
        number = self._number
        scripts = draw_round(self.seed, number)
        tell(f"\n── {self.setup.driver}, seed {self.seed}, round {number}: {finding}\n")
        trial = Relapse if finding.logged else Repetition
        fails = trial(self.setup, finding.fault)
        if finding.late and not await fails(scripts):
            tell("not seen again: the machine was busy")
            return number + 1, False
        for script in await shrink(scripts, fails, Budget(self.shrink_seconds)):
            tell(str(script))
        return number, True


def tell(text: str) -> None:
    """Print at once."""
    print(text, flush=True)  # noqa: T201 - a program, not a test
