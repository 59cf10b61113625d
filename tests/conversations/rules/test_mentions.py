import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.conversations.rules.mentions import named, resolved

PEOPLE = {"ana": "A", "bruno": "B", "c.d": "C", "zoë": "Z"}


def targets(text: str, *, everyone: bool = False) -> list[str]:
    return resolved(named(text), PEOPLE, may_everyone=everyone)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ana", ["A"]),
        ("hola @ana, @bruno.", ["A", "B"]),
        ("(@Ana) ¿@BRUNO?", ["A", "B"]),
        ("@c.d. y @c.d", ["C"]),
        ("ana@ana x@bruno a/@ana", []),
        ("@nadie", []),
        ("@ana @ana", ["A"]),
        ("`@ana` @bruno", ["B"]),
        ("``a ` @ana`` @bruno", ["B"]),
        ("` @ana", ["A"]),
        ("```\n@ana\n```\n@bruno", ["B"]),
        ("```py\n@ana", []),
        ("~~~\n@ana\n```\n~~~\n@bruno", ["B"]),
        ("@here", ["here"]),
        ("@everyone", []),
    ],
)
def test_who_a_text_mentions(text: str, expected: list[str]):
    assert targets(text) == expected


def test_everyone_is_for_who_may():
    assert targets("@everyone", everyone=True) == ["everyone"]


@given(st.text(alphabet="@`~ana. \n", max_size=300))
def test_any_text_is_read(text: str):
    assert set(targets(text)) <= {"A", "here"}


@pytest.mark.parametrize("text", ["@" * 16_000, "`" * 16_000, "` @a " * 3_000, "``` \n" * 3_000])
def test_hostile_texts_are_read(text: str):
    assert targets(text) == []
