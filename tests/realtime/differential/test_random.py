"""Both sides say the same to scripts that nobody thought of."""

import asyncio
import os
import random

import pytest

from tests.realtime.differential import servers
from tests.realtime.differential.minimiser import minimal
from tests.realtime.differential.mutation import Mutation
from tests.realtime.differential.player import Said, perform
from tests.realtime.differential.steps import Script
from tests.realtime.serving import DRIVERS, Certificate

SEED = int(os.environ.get("DIFFERENTIAL_SEED", "1"))
COUNT = int(os.environ.get("DIFFERENTIAL_COUNT", "200"))
SHOWN = 5


def flat(said: Said) -> Said:
    """Without the grouping of polled packets, which is a matter of timing."""
    return {
        channel: [entry for entry in entries if entry not in {"6", "(no reply)"}]
        for channel, entries in said.items()
    }


class Comparison:
    """Two running servers."""

    def __init__(self, oracle: servers.Side, engine: servers.Side) -> None:
        self.oracle = oracle
        self.engine = engine

    def differ(self, scripts: list[Script]) -> list[Script]:
        """The scripts to which they do not say the same."""
        oracle, engine = self.both(scripts)
        return [s for s in scripts if flat(oracle[s.name]) != flat(engine[s.name])]

    def both(self, scripts: list[Script]) -> tuple[dict[str, Said], dict[str, Said]]:
        return self._play(scripts, self.oracle), self._play(scripts, self.engine)

    def _play(self, scripts: list[Script], side: servers.Side) -> dict[str, Said]:
        return asyncio.run(perform(scripts, side.at))

    def report(self, script: Script) -> str:
        """The smallest script that still shows the difference, and what is said to it."""
        script = minimal(script, lambda smaller: bool(self.differ([smaller])))
        oracle, engine = self.both([script])
        steps = "\n    ".join(str(step) for step in script.steps)
        return f"{script.name}\n    {steps}\n  {oracle}\n  {engine}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("driver", ["fast", "asgi"])
def test_random_scripts(driver: str, certificate: Certificate):
    mutation = Mutation(random.Random(SEED))
    scripts = [mutation.script(number) for number in range(COUNT)]
    with servers.oracle() as oracle, servers.engine(DRIVERS[driver], certificate) as engine:
        comparison = Comparison(oracle, engine)
        different = comparison.differ(scripts)
        again = comparison.differ(different) if different else []
        reports = [comparison.report(script) for script in again[:SHOWN]]
    assert not again, f"seed {SEED}: {len(again)} of {COUNT} differ\n" + "\n".join(reports)
