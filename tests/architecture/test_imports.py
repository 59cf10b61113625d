"""Who may import whom: `.importlinter`, run as a test."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.tree import ROOT


def test_the_import_rules_hold(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True) == (
        EXIT_STATUS_SUCCESS
    )
