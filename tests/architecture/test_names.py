"""Names that say nothing are not used, and the names of a service's rooms mean one thing."""

import ast

import pytest

from tests.architecture.tree import ROOT, SERVICES, SOURCE, modules, shown

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
ROOMS = {"contract", "rules", "tables", "store", "handlers", "routes", "sockets", "wiring"}


def words(name: str) -> set[str]:
    """`ConnectionManager` and `connection_manager` → {connection, manager}."""
    spaced = "".join(f"_{c}" if c.isupper() else c for c in name)
    return {word for word in spaced.lower().split("_") if word}


def test_no_module_has_an_empty_name():
    folders = [SOURCE, ROOT / "tests", ROOT / "scripts", ROOT / "examples"]
    found = [
        shown(path)
        for folder in folders
        for path in modules(folder)
        if words(path.stem) & EMPTY_NAMES or path.parent.name in EMPTY_NAMES
    ]
    assert not found


def test_no_web_module_has_an_empty_name():
    files = [
        path for path in (ROOT / "web" / "src").rglob("*") if path.suffix in {".ts", ".svelte"}
    ]
    assert not [shown(path) for path in files if path.stem.split(".")[0].lower() in EMPTY_NAMES]


def test_no_class_has_an_empty_name():
    found = [
        f"{shown(path)}:{node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and words(node.name) & EMPTY_NAMES
    ]
    assert not found


def test_the_names_of_rooms_are_used_in_services_only():
    found = [
        shown(path)
        for path in modules()
        for part in path.relative_to(SOURCE).with_suffix("").parts[1:]
        if part in ROOMS and path.relative_to(SOURCE).parts[0] not in SERVICES
    ]
    assert not found


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_what_it_owns_and_nothing_more(service):
    tree = ast.parse((SOURCE / service / "__init__.py").read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1
