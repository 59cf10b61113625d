"""Which emoji count: one RGI emoji (UTS #51) in NFC, or `:name:`."""

import re
import unicodedata

import emoji

from tertulia.kernel.errors import FieldError, Invalid

_NAME = re.compile(r":[a-z0-9_+-]{1,62}:")


def is_emoji(text: str) -> bool:
    """Whether the text is one fully qualified RGI emoji in NFC, or a name between colons."""
    if _NAME.fullmatch(text):
        return True
    known = emoji.EMOJI_DATA.get(text)
    return known is not None and _is_qualified(known) and unicodedata.is_normalized("NFC", text)


def _is_qualified(data: dict[str, object]) -> bool:
    return data["status"] == emoji.STATUS["fully_qualified"]


def check_emoji(text: str) -> None:
    """`Invalid` for anything else."""
    if not is_emoji(text):
        raise Invalid(errors=[FieldError("emoji", "emoji", "not one emoji")])
