"""`tertulia chaos`: its tiers, its page and its exit status."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tertulia.chaos import tiers
from tertulia.chaos.plan import CannotRun, Outcome, Tier
from tertulia.chaos.violations import Violation
from tertulia.cli.app import app


class Rehearsal:
    """A tier that finds what it is told to find."""

    name = "live"
    says = "nothing at all"
    enough: Mapping[str, int] = {"kills": 3}

    def __init__(self, found: Sequence[Violation] = (), missing: str = "") -> None:
        self._found = found
        self._missing = missing

    def run(self, seed: int) -> Outcome:
        if self._missing:
            raise CannotRun(self._missing)
        return Outcome(seed, self._found, {"kills": 1})


class Command:
    """The command, with a tier that only pretends; `asked` are the tiers that it wanted."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.found: Sequence[Violation] = ()
        self.missing: Sequence[str] = ()
        """A further tier for each, which cannot be run for want of it."""
        self._folder = folder

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["chaos", "--folder", str(self._folder), *arguments])

    @contextmanager
    def opened(self, names: Sequence[str], _places: tiers.Places) -> Iterator[list[Tier]]:
        self.asked.append(tuple(names))
        yield [Rehearsal(self.found), *(Rehearsal(missing=what) for what in self.missing)]


@pytest.fixture
def chaos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    command = Command(tmp_path)
    monkeypatch.setattr(tiers, "opened", command.opened)
    return command


def test_promises_that_hold(chaos: Command):
    done = chaos("--seconds", "0")
    assert done.exit_code == 0
    assert "0 violations in 1 run." in done.output
    assert chaos.asked == [tiers.USUAL]


def test_a_promise_that_is_broken(chaos: Command):
    chaos.found = [Violation("C1", "it is in no log")]
    done = chaos("--seconds", "0", "--seed", "9")
    assert done.exit_code == 1
    assert "seed 9" in done.output
    assert "it is in no log" in done.output


def test_a_tier_that_cannot_be_run_has_not_passed(chaos: Command):
    chaos.missing = ["strace is missing"]
    done = chaos("--seconds", "0")
    assert done.exit_code == 2
    assert "strace is missing" in done.output
    chaos.found = [Violation("C1", "it is in no log")]
    assert chaos("--seconds", "0").exit_code == 1


def test_a_full_run_takes_every_tier_to_its_counts(chaos: Command):
    assert "3 kills" in chaos("--full").output
    assert chaos.asked == [tiers.NAMES]


def test_some_tiers_only(chaos: Command):
    chaos("--seconds", "0", "--tier", "truth", "--tier", "power")
    assert chaos.asked == [("power", "truth")]


def test_a_tier_that_there_is_not(chaos: Command):
    done = chaos("--tier", "nonsense")
    assert done.exit_code == 2
    assert not chaos.asked


def test_the_page_is_published(chaos: Command, tmp_path: Path):
    chaos("--seconds", "0", "--publish", str(tmp_path))
    assert "0 violations" in (tmp_path / "chaos.md").read_text("utf-8")
