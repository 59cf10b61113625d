import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.conversations.rules.people import search_form, search_name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("María José", "maria jose"),
        ("  Ñandú  ", "nandu"),
        ("O'Brien-Smith", "o brien smith"),
        ("ﬁn Straße", "fin strasse"),
        ("@mj.nunez_2", "mj nunez 2"),
        ("Ｗｉｄｅ", "wide"),
        ("дядя", "дядя"),
        ("%_'\\", ""),
        ("", ""),
    ],
)
def test_words_are_searched_without_accents_and_punctuation(text, words):
    assert search_form(text) == words


@given(st.text(max_size=80))
def test_the_form_of_a_form_is_itself(text):
    form = search_form(text)
    assert search_form(form) == form
    assert not set(form) & set("%_\\'\"")


def test_every_word_of_a_name_and_a_username_stands_after_a_space():
    assert search_name("Ana Díaz", "ana.d") == " ana diaz ana d"
    assert search_name("Visita", None) == " visita"
    assert search_name("", None) == ""
