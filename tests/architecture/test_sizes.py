"""Size of things, as a habit: the file that rots is the one that everything is added to."""

from pathlib import Path
from statistics import median

from tests.architecture.tree import ROOT, functions, length, modules, shown

WEB = ROOT / "web" / "src"


CODE = [path for path in modules() if "migrations" not in path.parts]
"""Migrations are lists of columns, written once and never read as code again."""


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def web_files():
    return [
        path
        for suffix in ("*.ts", "*.svelte")
        for path in WEB.rglob(suffix)
        if path.parent.name != "protocol"  # generated
    ]


def test_no_file_is_long():
    long = {shown(path): n for path in CODE if (n := lines(path)) > 350}
    assert not long


def test_few_files_pass_300_lines():
    sizes = [lines(path) for path in CODE]
    assert sum(size > 300 for size in sizes) <= 0.03 * len(sizes)


def test_no_file_of_the_web_app_is_long():
    long = {shown(path): n for path in web_files() if (n := lines(path)) > 400}
    assert not long


def test_functions_are_short():
    sizes = [length(function) for path in CODE for function in functions(path)]
    assert median(sizes) < 10
    assert sum(size > 25 for size in sizes) <= 0.02 * len(sizes)


def test_no_function_is_long():
    long = {
        f"{shown(path)}:{function.name}": n
        for path in CODE
        for function in functions(path)
        if (n := length(function)) > 50
    }
    assert not long
