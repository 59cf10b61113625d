"""The documents name files that are there."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, SOURCE, shown, tracked_files

DOCUMENTS = [path for path in tracked_files() if path.suffix == ".md"]


def links(path: Path) -> list[str]:
    """The relative links of a document, without their anchors."""
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [link.partition("#")[0] for link in found if not re.match(r"[a-z]+:|#", link)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_links_lead_somewhere(path):
    assert [link for link in links(path) if not (path.parent / link).exists()] == []


def test_the_journey_names_files_that_are_there():
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w-]+\.(?:py|ts))`", text))
    assert named
    assert [
        it for it in sorted(named) if not ((SOURCE / it).exists() or (ROOT / it).exists())
    ] == []


def test_both_readmes_say_the_same_in_their_order():
    def skeleton(name: str) -> list[str]:
        text = (ROOT / name).read_text("utf-8")
        return re.findall(r"^(#+ |```\w*|!\[)", text, re.MULTILINE)

    assert skeleton("README.md") == skeleton("README.es.md")


def code(text: str) -> list[str]:
    """The lines of a program without comments and empty ones."""
    lines = (line.partition("#")[0].rstrip() for line in text.splitlines())
    return [line for line in lines if line]


def first_block(name: str) -> str:
    text = (ROOT / name).read_text("utf-8")
    return text.partition("```python\n")[2].partition("```")[0]


@pytest.mark.parametrize("name", ["README.md", "README.es.md", "docs/protocol.md"])
def test_the_ten_line_client_is_printed_as_it_runs(name):
    example = (ROOT / "examples" / "first_client.py").read_text("utf-8")
    assert code(first_block(name)) == code(example)
