"""How people are shown and found."""

import unicodedata

from tertulia.accounts.contract import UserView
from tertulia.kernel.text import fold

ACCOUNTS = ("person", "bot")
"""The kinds of people who have an account, and so may be in spaces."""


def deleted_view(user_id: str) -> UserView:
    """How a removed person reads."""
    return UserView(id=user_id, username=None, display_name="", avatar_url=None, kind="deleted")


def search_form(text: str) -> str:
    """The words of a text as they are searched: folded, without accents and punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFD", fold(text)) if not _is_accent(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def search_name(display_name: str, username: str | None) -> str:
    """All words by whose beginning a person is found, each after a space; sorts by display name."""
    return f" {search_form(display_name)} {search_form(username or '')}".rstrip()


def _is_accent(character: str) -> bool:
    return unicodedata.category(character) == "Mn"
