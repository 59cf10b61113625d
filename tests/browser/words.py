"""The words of the web app, read from its own catalogues, so that no test repeats a text.

words = Words("es")
words("list.unread", count=3)        # "3 sin leer"
words.like("timeline.new_since")     # a pattern: whatever is not given matches anything
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")

CATALOGUES = Path(__file__).resolve().parents[2] / "web" / "src" / "i18n"
ENTRY = re.compile(r"^  (?:'(?P<quoted>[^']+)'|(?P<plain>\w+)): '(?P<text>(?:[^'\\]|\\.)*)',$")
KEY = re.compile(r"^  ['\w][^ ]*: ")
OPTION = re.compile(r"\s*(=?\w+)\s*\{")
ANYTHING = "\0"


class Words:
    """The catalogue of one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._texts = _read(language)

    def __call__(self, key: str, **values: str | int) -> str:
        """The text of `area.key`, its ICU placeholders filled; `KeyError` where one is missing."""
        return _fill(self._texts[key], values)

    def fixed(self) -> list[str]:
        """Every text that is always the same."""
        return [text for text in self._texts.values() if "{" not in text]

    def like(self, key: str, **values: str | int) -> re.Pattern[str]:
        """A pattern of the whole text, in which values that are not given may be anything."""
        text = _fill(self._texts[key], _Lenient(values))
        return re.compile("^" + re.escape(text).replace(re.escape(ANYTHING), ".+") + "$")


class _Lenient(dict[str, str | int]):
    def __missing__(self, _key: str) -> str:
        return ANYTHING


@cache
def _read(language: Language) -> dict[str, str]:
    texts: dict[str, str] = {}
    for file in sorted((CATALOGUES / language).glob("*.ts")):
        for line in file.read_text("utf-8").splitlines():
            entry = ENTRY.match(line)
            assert entry or not KEY.match(line), f"{file.name} is written otherwise: {line}"
            if entry:
                key = entry["quoted"] or entry["plain"]
                texts[f"{file.stem}.{key}"] = re.sub(r"\\(.)", r"\1", entry["text"])
    assert texts, f"There are no words in {CATALOGUES / language}"
    return texts


def _fill(message: str, values: Mapping[str, str | int], count: object = "#") -> str:
    filled, at = "", 0
    while at < len(message):
        if message[at] == "{":
            end = _closing(message, at)
            filled += _argument(message[at + 1 : end], values)
            at = end + 1
        else:
            filled += str(count) if message[at] == "#" else message[at]
            at += 1
    return filled


def _closing(message: str, opening: int) -> int:
    depth = 0
    for at in range(opening, len(message)):
        depth += {"{": 1, "}": -1}.get(message[at], 0)
        if depth == 0:
            return at
    raise ValueError(f"A brace stays open: {message}")


def _argument(argument: str, values: Mapping[str, str | int]) -> str:
    """`name`, or `name, plural, …`, or `name, select, …`. English and Spanish have one and other."""
    name, *kind = (part.strip() for part in argument.split(",", 2))
    value = values[name]
    if not kind:
        return str(value)
    options = _options(kind[1])
    chosen = options.get(f"={value}") or options.get("one" if value == 1 else str(value))
    return _fill(chosen or options["other"], values, value if kind[0] == "plural" else "#")


def _options(text: str) -> dict[str, str]:
    options: dict[str, str] = {}
    at = 0
    while option := OPTION.match(text, at):
        end = _closing(text, option.end() - 1)
        options[option[1]] = text[option.end() : end]
        at = end + 1
    return options
