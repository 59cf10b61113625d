"""The scenarios as a tier of a plan: a run is one of them, over a network that the seed makes."""

from collections.abc import Mapping

from tertulia.chaos.plan import Outcome
from tertulia.chaos.truth.scenarios import SCENARIOS
from tertulia.chaos.truth.stage import verify


class Truth:
    """See `Tier`. Seeds that follow each other play different scenarios, until all were played."""

    name = "truth"
    says = "snapshot + updates = fresh snapshot, for every command and everybody who looks"
    enough: Mapping[str, int] = {"scenarios": 2 * len(SCENARIOS)}

    def run(self, seed: int) -> Outcome:
        """Play a scenario."""
        scenario = SCENARIOS[seed % len(SCENARIOS)]
        return Outcome(seed, verify(scenario, seed), {"scenarios": 1})
