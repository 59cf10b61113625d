"""A service as `make new-service` writes it passes the checks and its own tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.new_service.__main__ import CannotMake, make
from tests.architecture.tree import ROOT

COPIED = ("src", "scripts", "pyproject.toml", ".importlinter")
TESTS = ("__init__.py", "conftest.py", "support", "architecture")


@pytest.fixture
def tree(tmp_path) -> Path:
    """What a new service changes, in a copy."""
    skipped = shutil.ignore_patterns("__pycache__", "node_modules")
    (tmp_path / "tests").mkdir()
    for name in (*COPIED, *(f"tests/{each}" for each in TESTS)):
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=skipped)
        elif source.exists():
            shutil.copy(source, target)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def run(tree: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_passes_as_it_is_written(tree):
    made = [str(path) for path in make(tree, "bots") if "bots" in path.parts]
    run(tree, "ruff", "check", *made)
    run(tree, "ruff", "format", "--check", *made)
    run(tree, "basedpyright", *made)
    run(tree, "importlinter.cli")
    run(tree, "pytest", "-q", "-p", "no:cacheprovider", "tests/bots")


@pytest.mark.parametrize("name", ["", "Polls", "bots.py", "../bots", "accounts", "kit"])
def test_what_cannot_be_a_service_changes_nothing(tree, name):
    with pytest.raises(CannotMake):
        make(tree, name)
    assert not (tree / "tests" / "bots").exists()
