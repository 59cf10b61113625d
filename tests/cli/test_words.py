"""The words of the terminal: the same in both languages, used, and enough for every error."""

import ast
import asyncio
import re
from collections.abc import Iterator
from importlib import import_module
from string import Formatter

import pytest

from scripts.protocol import catalogue
from tertulia.cli.words import CATALOGUES, checks, choose_language
from tertulia.client import errors as of_client
from tertulia.kernel.errors import AppError
from tertulia.runtime.fsck import check
from tertulia.runtime.instance import opened
from tertulia.runtime.services import TABLE
from tertulia.runtime.settings import Settings
from tests.architecture.tree import ROOT, SERVICES, SOURCE, modules

EN, ES = CATALOGUES["en"], CATALOGUES["es"]
LOOKED_UP = (
    *("errors.", "fields.", "field.", "start.", "setting.", "system.", "service.", "column."),
    "fsck.",
)
"""Beginnings of the keys that the code puts together."""


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def used() -> Iterator[str]:
    """The strings of the command line's code that look like keys."""
    for path in modules(SOURCE / "cli"):
        if path.parent.name != "words":
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def asked() -> Iterator[str]:
    """The keys that `word` is called with as they are."""
    for path in modules(SOURCE / "cli"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "word":
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    yield str(key.value)


def raised(error: str) -> set[str]:
    """The codes that the runtime gives an error of this name."""
    calls = re.compile(rf'\b{error}\(\s*(?:[^"()]+(?:\(\w+\))?, |"", )?"(\w+)"')
    return {
        code for path in modules(SOURCE / "runtime") for code in calls.findall(path.read_text())
    }


def protocol_codes() -> set[str]:
    """Every code of the error tables of protocol.md, and every one that a contract adds."""
    for service in SERVICES:
        catalogue.contract_modules(service)
    import_module("tertulia.gateway.live.handshake")
    text = (ROOT / "docs" / "protocol.md").read_text("utf-8")
    tables = text.partition("### Errors")[2].partition("\n### ")[0]
    rows = "\n".join(line for line in tables.splitlines() if line.startswith("|"))
    plain = re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE)
    return {*plain, *re.findall(r"`(\w+\.\w+)`", rows), *AppError.by_code}


def test_both_languages_have_the_same_keys():
    assert list(EN) == list(ES)


@pytest.mark.parametrize("key", EN)
def test_a_text_has_the_same_values_in_both(key):
    assert values(EN[key]) == values(ES[key])
    assert EN[key].strip()
    assert ES[key].strip()


def test_every_word_that_is_asked_for_is_there():
    assert set(asked()) - set(EN) == set()


def test_every_word_is_asked_for():
    written = set(used())
    assert [key for key in EN if not key.startswith(LOOKED_UP) and key not in written] == []


def test_every_error_of_the_protocol_is_worded():
    codes = protocol_codes()
    assert {
        "invalid",
        "rate_limited",
        "accounts.totp_required",
        "gateway.connection_limit",
    } <= codes
    assert {code for code in codes if f"errors.{code}" not in EN} == set()


def test_every_error_of_the_client_is_worded():
    classes = [kind for kind in vars(of_client).values() if isinstance(kind, type)]
    codes = {kind.code for kind in classes if issubclass(kind, of_client.TertuliaError)}
    assert {code for code in codes if f"errors.{code}" not in EN} == set()


def test_every_reason_not_to_start_is_worded():
    codes = raised("CannotStart") | raised("InUse")
    assert {"in_use", "port", "newer"} <= codes
    assert {code for code in codes if f"start.{code}" not in EN} == set()


def test_every_problem_of_the_runtime_with_a_setting_is_worded():
    codes = raised("Problem") | raised("PydanticCustomError")
    assert {"toml", "no_file", "origin", "service"} <= codes
    assert {code for code in codes if f"setting.{code}" not in EN} == set()


def test_every_check_is_worded(tmp_path):
    async def make():
        async with opened(Settings(data=tmp_path)):
            pass

    asyncio.run(make())
    assert {f"fsck.{name}" for name in check(tmp_path).checks} == set(checks.EN)


def test_every_service_is_worded():
    assert {entry.name for entry in TABLE if f"service.{entry.name}" not in EN} == set()


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "es"}, "es"),
        ({"LANG": "ES_mx"}, "es"),
        ({"LANG": "est"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "es_AR"}, "es"),
        ({"LANG": "es_ES", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "es_ES", "LC_ALL": ""}, "es"),
        ({"TERTULIA_LANGUAGE": "es", "LC_ALL": "en_GB.UTF-8"}, "es"),
        ({"TERTULIA_LANGUAGE": "en", "LC_ALL": "es_ES.UTF-8"}, "en"),
    ],
)
def test_the_environment_chooses_the_language(variables, language):
    assert choose_language(variables) == language
