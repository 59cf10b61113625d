import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tertulia.kernel.limits import Limits
from tertulia.kernel.text import MessageText, Name, Topic, Username, fold

NAME: TypeAdapter[str] = TypeAdapter(Name)
TOPIC: TypeAdapter[str] = TypeAdapter(Topic)
USERNAME: TypeAdapter[str] = TypeAdapter(Username)
TEXT: TypeAdapter[str] = TypeAdapter(MessageText)


def refusal(adapter: TypeAdapter[str], value: object, limits: Limits | None = None) -> dict:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(value, context=limits)
    problem = caught.value.errors()[0]
    return {"type": problem["type"], **problem.get("ctx", {})}


class TestName:
    def test_is_kept_in_nfc_and_trimmed(self):
        assert NAME.validate_python("  Peña\u0303  ") == unicodedata.normalize("NFC", "Peña\u0303")
        assert NAME.validate_python("Jose\u0301") == "José"

    def test_has_one_to_80_code_points(self):
        assert NAME.validate_python("ñ" * 80) == "ñ" * 80
        assert refusal(NAME, "ñ" * 81) == {"type": "too_long", "limit": 80}
        assert refusal(NAME, "  ") == {"type": "too_short", "limit": 1}

    def test_obeys_the_limits_in_force(self):
        assert refusal(NAME, "abcd", Limits(name=3)) == {"type": "too_long", "limit": 3}

    @pytest.mark.parametrize("bad", ["a\nb", "a\x00b", "a\x7fb", "a\x85b", "a\u2028b", "a\u2029b"])
    def test_has_no_control_characters(self, bad):
        assert refusal(NAME, bad)["type"] == "control_character"

    @pytest.mark.parametrize("bad", ["\u200b", "\u2060\ufeff", "\u0301", "\u202e\u200d", "\ufe0f"])
    def test_shows_something(self, bad):
        assert refusal(NAME, bad) == {"type": "too_short", "limit": 1}

    def test_may_be_of_signs(self):
        assert NAME.validate_python("🏳️‍🌈") == "🏳️‍🌈"
        assert NAME.validate_python("?!") == "?!"

    def test_has_no_lone_surrogates(self):
        assert refusal(NAME, "a\ud800")["type"] == "lone_surrogate"

    def test_is_a_string_and_nothing_that_becomes_one(self):
        assert refusal(NAME, 7)["type"] == "string_type"
        assert refusal(NAME, b"ana")["type"] == "string_type"


class TestTopic:
    def test_may_be_empty(self):
        assert TOPIC.validate_python("") == ""
        assert TOPIC.validate_python("   ") == ""

    def test_has_at_most_250_code_points(self):
        assert TOPIC.validate_python("x" * 250) == "x" * 250
        assert refusal(TOPIC, "x" * 251) == {"type": "too_long", "limit": 250}


class TestUsername:
    @pytest.mark.parametrize(
        ("typed", "meant"), [("Ana", "ana"), ("ＡＮＡ", "ana"), ("b.c-d_9", "b.c-d_9")]
    )
    def test_is_folded(self, typed, meant):
        assert USERNAME.validate_python(typed) == meant

    @pytest.mark.parametrize("bad", ["peña", "a b", "@ana", "ana!", "анна", "a\nb", ""])
    def test_has_plain_characters_only(self, bad):
        assert refusal(USERNAME, bad)["type"] == "username_characters"

    def test_has_2_to_32_characters(self):
        assert refusal(USERNAME, "a") == {"type": "too_short", "limit": 2}
        assert refusal(USERNAME, "a" * 33) == {"type": "too_long", "limit": 32}
        assert USERNAME.validate_python("a" * 32) == "a" * 32

    def test_is_measured_after_folding(self):
        assert USERNAME.validate_python("ﬃ") == "ffi"


class TestMessageText:
    @given(st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), max_size=200))
    def test_stays_as_it_was_typed(self, text):
        assert TEXT.validate_python(text) == text

    def test_has_at_most_16000_code_points(self):
        assert TEXT.validate_python("😀" * 16_000)
        assert refusal(TEXT, "x" * 16_001) == {"type": "too_long", "limit": 16_000}

    def test_has_neither_nul_nor_lone_surrogates(self):
        assert refusal(TEXT, "a\0")["type"] == "control_character"
        assert refusal(TEXT, "a\udfff")["type"] == "lone_surrogate"


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
