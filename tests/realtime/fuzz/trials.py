"""Whether fewer scripts still provoke a fault, in a new server each time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from tests.realtime.fuzz.log import faults
from tests.realtime.fuzz.player import play_all
from tests.realtime.fuzz.rounds import Finding, attack
from tests.realtime.fuzz.script import Script
from tests.realtime.fuzz.target import Setup, running

REACTION = 0.4
"""How long after the last step an error may be logged, in seconds."""


@dataclass
class Relapse:
    """A fault that is logged: it is enough to play and to read the log."""

    setup: Setup
    fault: str

    async def __call__(self, scripts: Sequence[Script]) -> bool:
        async with running(self.setup) as target:
            await play_all(scripts, target.address)
            end = asyncio.get_running_loop().time() + REACTION
            while self.fault not in faults(target.log):
                if asyncio.get_running_loop().time() > end:
                    return False
                await asyncio.sleep(0.02)
        return True


@dataclass
class Repetition:
    """Any other fault: with witnesses, and all that is looked at afterwards."""

    setup: Setup
    fault: str

    async def __call__(self, scripts: Sequence[Script]) -> bool:
        async with running(self.setup) as target:
            try:
                idle = await attack(target, [], None)
                await attack(target, scripts, idle)
            except Finding as finding:
                return finding.fault == self.fault
        return False
