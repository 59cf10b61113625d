import pytest

from tertulia.chaos.plan import CannotRun
from tertulia.chaos.power.tier import PowerTier


def test_a_power_cut_loses_nothing_that_was_told():
    """A real server; the mutants in the neighbouring folder show that it could be otherwise."""
    try:
        outcome = PowerTier(messages=120, images=12).run(seed=3)
    except CannotRun as missing:
        pytest.skip(str(missing))
    assert not outcome.violations
    assert outcome.counts["images"] == 12
    assert outcome.counts["acknowledgements"] > 0
