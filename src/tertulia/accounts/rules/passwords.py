"""Which passwords are good enough: long, not a common one, and not the name of who chooses it.

After NIST SP 800-63B §3.1.1.2: a minimum length and a list of what everybody tries, instead of rules
about which characters to mix.
"""

import unicodedata
from collections.abc import Iterable

from tertulia.accounts.rules.known_passwords import COMMON
from tertulia.accounts.rules.users import invalid_field
from tertulia.kernel.limits import Limits
from tertulia.kernel.text import fold

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)
_SIGNS = "0123456789!.?*#$@_-+ "
_DECORATION = 4
"""Signs at each end that do not hide a word which itself ends in some."""
_FEW = 3
"""Different characters that do not make a password, however often they are repeated."""


def prepared(password: str) -> str:
    """The form that is hashed, the same on every keyboard: NFKC."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, limits: Limits, *, names: Iterable[str | None] = ()) -> None:
    """`Invalid` unless it is long enough, not too long, and not easily guessed.

    `names` are those of its owner: username and e-mail address.
    """
    text = prepared(password)
    if len(text) < limits.password_min:
        limit = limits.password_min
        raise invalid_field("password", "too_short", f"shorter than {limit}", limit=limit)
    if len(text) > limits.password_max:
        limit = limits.password_max
        raise invalid_field("password", "too_long", f"longer than {limit}", limit=limit)
    if is_common(text) or is_named_after(text, names):
        raise invalid_field("password", "too_common", "Too easily guessed.")


def is_common(password: str) -> bool:
    """Whether everybody would try it: a well-known one, a row of keys, a character repeated."""
    text = fold(password)
    return len(set(text)) <= _FEW or _is_decorated(text) or _is_row(text) or _is_repeated(text)


def is_named_after(password: str, names: Iterable[str | None]) -> bool:
    """Whether it is one of the names, forwards or backwards, perhaps with a number behind it."""
    text = fold(password)
    forms = {text, text.strip(_SIGNS)}
    known = {part for name in names if name for part in (fold(name), fold(name).split("@")[0])}
    return any(name in forms or name[::-1] in forms for name in known)


def _is_decorated(text: str) -> bool:
    """`password`, `password123!`, `2026trustno1`: a common word, perhaps with signs around it."""
    if text.strip(_SIGNS) in COMMON:
        return True
    before = min(_DECORATION, len(text) - len(text.lstrip(_SIGNS)))
    behind = min(_DECORATION, len(text) - len(text.rstrip(_SIGNS)))
    ends = range(len(text) - behind, len(text) + 1)
    return any(text[start:end] in COMMON for start in range(before + 1) for end in ends)


def _is_row(text: str) -> bool:
    """`12345678`, `qwertyui`, `hgfedcba`."""
    return any(text in row or text[::-1] in row for row in _ROWS)


def _is_repeated(text: str) -> bool:
    """`passpass`, `abcdabcd`: a short or common piece, over and over."""
    for size in range(1, len(text) // 2 + 1):
        piece, times = text[:size], len(text) // size
        if piece * times == text and (size <= 4 or piece in COMMON):
            return True
    return False
