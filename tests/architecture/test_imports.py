"""Who may import whom: `.importlinter`, run as a test."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT


def test_the_import_rules_hold():
    # In a process of its own: it turns off the loggers of the one that it runs in.
    program = Path(sys.executable).parent / "lint-imports"
    linted = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout
