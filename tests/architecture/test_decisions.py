"""Every decision names the check that enforces it, and every dependency its reason."""

import json
import re
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

ADRS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
REASONS = ROOT / "docs" / "adr" / "dependencies.md"


def enforced_by(path: Path) -> str:
    _, _, rest = path.read_text("utf-8").partition("## Enforced by\n")
    return rest.partition("\n## ")[0]


def explained() -> set[str]:
    """The packages that the table of dependencies gives a reason for."""
    rows = re.findall(r"^\| (`[^|]+`) \|", REASONS.read_text("utf-8"), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def contracts() -> set[str]:
    """The names of the import rules."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    return {name.rpartition(":")[2] for name in parser.sections() if ":contract:" in name}


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_names_checks_that_exist(path):
    checks = re.findall(r"`(tests/[\w/.-]+|\.importlinter)`", enforced_by(path))
    assert checks
    assert not [check for check in checks if not (ROOT / check).exists()]


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_names_import_rules_that_exist(path):
    lines = [line for line in enforced_by(path).splitlines() if "`.importlinter`" in line]
    named = {name for line in lines for name in re.findall(r"`([a-z-]+)`", line)}
    packages = {"store", "tables", "kit", "contract", "rules"}
    assert named - packages <= contracts()


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1))


def test_every_dependency_has_a_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["fast"],
        *groups["build"],
        *groups["dev"],
    ]
    names = {re.split(r"[\[>=<;~ ]", requirement)[0] for requirement in wanted}
    assert names - explained() == set()


def test_every_dependency_of_the_web_app_has_a_reason():
    package = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))
    names = set(package["dependencies"]) | set(package["devDependencies"])
    assert names - explained() == set()
