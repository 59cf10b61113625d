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


def test_without_strace_it_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRun, match="install-strace"):
        PowerTier().run(seed=1)


def test_where_nothing_may_be_traced_it_says_so(monkeypatch, tmp_path):
    refusing = tmp_path / "strace"
    refusing.write_text("#!/bin/sh\necho PTRACE_TRACEME: not permitted >&2\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRun, match="PTRACE_TRACEME"):
        PowerTier().run(seed=1)
