"""What people type, as far as its shape goes: names, usernames, topics, messages (protocol.md, Limits)."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from tertulia.kernel.limits import Limits, limits_of

_USERNAME = re.compile(r"[a-z0-9._-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def fold(text: str) -> str:
    """The form in which two names count as the same: NFKC and case fold."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def too_long(limit: int) -> PydanticCustomError:
    """The error of a text above its limit; `limit` goes to the client in `params`."""
    return PydanticCustomError("too_long", "longer than {limit}", {"limit": limit})


def too_short(limit: int) -> PydanticCustomError:
    """The error of a text below its limit."""
    return PydanticCustomError("too_short", "shorter than {limit}", {"limit": limit})


def _refuse(code: str, detail: str) -> PydanticCustomError:
    return PydanticCustomError(code, detail)  # pyright: ignore[reportArgumentType]


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS"


def clean_line(text: str, limit: int) -> str:
    """One line of text: NFC, trimmed, without control characters, 1 to `limit` code points.

    One of them at least can be seen: nobody goes by the name of a zero-width space.
    """
    text = unicodedata.normalize("NFC", text).strip()
    if any(map(_is_control, text)):
        raise _refuse("control_character", "control characters are not allowed")
    if not any(map(_is_visible, text)):
        raise too_short(1)
    if len(text) > limit:
        raise too_long(limit)
    return text


def _name(text: str, info: ValidationInfo) -> str:
    return clean_line(text, limits_of(info).name)


def _topic(text: str, info: ValidationInfo) -> str:
    return clean_line(text, limits_of(info).topic) if text.strip() else ""


def clean_username(text: str, limits: Limits) -> str:
    """The username that a text stands for: NFKC, case fold, `[a-z0-9._-]`."""
    text = fold(text)
    if not _USERNAME.fullmatch(text):
        raise _refuse("username_characters", "only a-z, 0-9, '.', '_' and '-'")
    if len(text) < limits.username_min:
        raise too_short(limits.username_min)
    if len(text) > limits.username_max:
        raise too_long(limits.username_max)
    return text


def _username(text: str, info: ValidationInfo) -> str:
    return clean_username(text, limits_of(info))


def _well_formed(value: object) -> object:
    if isinstance(value, str) and _SURROGATE.search(value):
        raise _refuse("lone_surrogate", "not valid Unicode")
    return value


def _written(text: str, limit: int) -> str:
    if "\0" in text:
        raise _refuse("control_character", "U+0000 is not allowed")
    if len(text) > limit:
        raise too_long(limit)
    return text


def _message(text: str, info: ValidationInfo) -> str:
    return _written(text, limits_of(info).text)


def _draft(text: str, info: ValidationInfo) -> str:
    return _written(text, limits_of(info).draft_text)


def _spoken(text: str) -> str:
    if not text or text.isspace():
        raise _refuse("blank", "says nothing")
    return text


_String = Annotated[str, StringConstraints(strict=True)]

Name = Annotated[_String, AfterValidator(_name), BeforeValidator(_well_formed)]
"""The name of a space, a conversation or a person: NFC, one line, 1 to `limits.name`."""

Topic = Annotated[_String, AfterValidator(_topic), BeforeValidator(_well_formed)]
"""What a conversation is about: one line, up to `limits.topic`; may be empty."""

Username = Annotated[_String, AfterValidator(_username), BeforeValidator(_well_formed)]
"""A name to mention and sign in by, folded."""

MessageText = Annotated[_String, AfterValidator(_message), BeforeValidator(_well_formed)]
"""Markdown as typed, byte for byte, up to `limits.text` code points; may be empty beside attachments."""

SpokenText = Annotated[MessageText, AfterValidator(_spoken)]
"""A message that says something: not only white space."""

DraftText = Annotated[_String, AfterValidator(_draft), BeforeValidator(_well_formed)]
"""What somebody began to write, up to `limits.draft_text` code points: more than may be sent, so nothing is lost."""
