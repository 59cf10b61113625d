"""The tree holds nothing of the machine that it was written on and names no registry."""

import re

import pytest

from tests.architecture.tree import ROOT, shown, tracked_files

PICTURES = {".ico", ".jpg", ".png", ".webp", ".woff2"}
# Written in two parts, so that this file does not find itself.
REGISTRIES = re.compile(
    "|".join(
        [
            r"(?<![\w.-])pypi\." + "org",
            "pythonhosted" + r"\.org",
            r"registry\.npm" + "js",
            "/opt/" + "pypi",
        ]
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w./~-])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me|Us" + r"ers)/\w")


def matches(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{shown(path)}:{number}"
        for path in tracked_files()
        if path.suffix not in PICTURES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_registry_is_named():
    assert not matches(REGISTRIES)


def test_no_path_of_a_machine_is_named():
    assert not matches(MACHINE_PATHS)


def test_the_only_locks_are_the_hashed_ones():
    assert not [shown(path) for path in tracked_files() if path.name in {"uv.lock", "poetry.lock"}]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_a_hash(name):
    text = (ROOT / name).read_text("utf-8")
    pins = re.findall(r"^[\w.-]+(?:\[.*?\])?==.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert pins
    assert not [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin]


def test_both_locks_agree():
    def pins(name: str) -> dict[str, str]:
        found = re.findall(r"^([\w.-]+)(?:\[.*?\])?==(\S+)", (ROOT / name).read_text("utf-8"), re.M)
        return dict(found)

    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run
