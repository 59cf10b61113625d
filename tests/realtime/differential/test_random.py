"""Both sides say the same to scripts that nobody thought of.

DIFFERENTIAL_SEED and DIFFERENTIAL_COUNT in the environment look further than the run of every day does.
"""

import os
import random

import pytest

from tests.realtime.differential import servers
from tests.realtime.differential.comparison import Comparison
from tests.realtime.differential.mutation import Mutation
from tests.realtime.serving import DRIVERS, Certificate

SEED = int(os.environ.get("DIFFERENTIAL_SEED", "1"))
COUNT = int(os.environ.get("DIFFERENTIAL_COUNT", "200"))
SHOWN = 5


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
