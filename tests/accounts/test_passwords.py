import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.accounts.rules.known_passwords import COMMON
from tertulia.accounts.rules.passwords import check_password, is_common, prepared
from tertulia.kernel.errors import Invalid
from tertulia.kernel.limits import DEFAULTS, Limits
from tertulia.kernel.text import fold

NAMES = ("ana.torres", "ana.torres@example.org")


def problem(password, limits=DEFAULTS):
    """The code of what is wrong with a password; None for a good one."""
    try:
        check_password(password, limits, names=NAMES)
    except Invalid as refusal:
        [error] = refusal.errors
        assert error.field == "password"
        return error.code
    return None


@pytest.mark.parametrize(
    "password",
    [
        "una buena taza",
        "correct horse battery staple",
        "plaza-secreta-7",
        "ñandú y ombú",
        "пароль моего дома",
        "x" * 5 + "yz" * 100 + "abc",
        "ana.torres va a la plaza",
        "🦊🐻🐼🐨🐯🦁🐮🐷",
    ],
)
def test_a_good_password_passes(password):
    assert problem(password) is None


@pytest.mark.parametrize(
    "password",
    [
        *("password", "PASSWORD", "Password1!", "p@ssw0rd", "contraseña", "Contraseña2026"),
        *("12345678", "87654321", "11111111", "aaaaaaaa", "abababab", "abcabcabc"),
        *("qwertyui", "asdfghjkl", "1qaz2wsx", "abcdefgh", "hgfedcba", "zxcvbnm1"),
        *("letmein!", "iloveyou", "teamomucho", "realmadrid", "secretsecret", "ｐａｓｓｗｏｒｄ"),
        *("ana.torres", "ANA.TORRES", "ana.torres1", "serrot.ana", "ana.torres@example.org"),
    ],
)
def test_what_everybody_tries_is_refused(password):
    assert problem(password) == "too_common"


def test_the_length_is_counted_in_characters():
    assert problem("ñañaña y") is None
    assert problem("ñañaña ") == "too_short"
    assert problem("ab cd ef" * 32) is None
    assert problem("ab cd ef" * 32 + "g") == "too_long"


def test_the_limits_are_settings():
    limits = Limits(password_min=12, password_max=16)
    assert problem("una taza mas", limits) is None
    assert problem("una taza", limits) == "too_short"
    assert problem("una taza muy grande", limits) == "too_long"


def test_the_list_is_folded_and_long_enough():
    assert all(word == fold(word) for word in COMMON)
    assert len(COMMON) > 800


@given(st.sampled_from(sorted(COMMON)), st.text("0123456789!.", max_size=4))
def test_a_common_word_stays_common_with_digits_around_it(word, ending):
    assert is_common(f"{word}{ending}")
    assert is_common(f"{ending}{word.upper()}{ending}")


@given(st.text(max_size=300))
def test_any_text_is_judged(password):
    problem(password)
    assert prepared(prepared(password)) == prepared(password)
