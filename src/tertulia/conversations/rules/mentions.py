"""Who a text mentions: `@username`, `@here` and `@everyone`, outside code."""

import re
from collections.abc import Iterable, Iterator, Mapping

from tertulia.kernel.text import fold

HERE, EVERYONE = "here", "everyone"

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_TICKS = re.compile(r"`+")
_MENTION = re.compile(r"(?<![\w@./])@([\w.-]{2,64})")
_MOST = 200
"""Names read from one text; a text with more mentions the first."""


def named(text: str) -> list[list[str]]:
    """What each `@…` may mean, the longest reading first: a name may end in `.` or a sentence may."""
    found: list[list[str]] = []
    if "@" not in text:
        return found
    for prose in _outside_code(text):
        found += [_readings(fold(match[1])) for match in _MENTION.finditer(prose)]
    return found[:_MOST]


def resolved(
    names: Iterable[list[str]], people: Mapping[str, str], *, may_everyone: bool
) -> list[str]:
    """The targets of these names, each once: user ids of `people` by username, `here`, `everyone`."""
    allowed = {**people, HERE: HERE, **({EVERYONE: EVERYONE} if may_everyone else {})}
    hits = (
        next((allowed[name] for name in readings if name in allowed), None) for readings in names
    )
    return list(dict.fromkeys(hit for hit in hits if hit is not None))


def _readings(name: str) -> list[str]:
    readings = [name]
    while name and name[-1] in "._-":
        name = name[:-1]
        readings.append(name)
    return readings


def _outside_code(text: str) -> Iterator[str]:
    for prose in _outside_fences(text):
        yield from _outside_spans(prose)


def _outside_fences(text: str) -> Iterator[str]:
    start = 0
    while fence := _FENCE.search(text, start):
        yield text[start : fence.start()]
        start = _end_of_fence(text, fence)
    yield text[start:]


def _end_of_fence(text: str, fence: re.Match[str]) -> int:
    mark = fence[1]
    closing = re.compile(rf"^ {{0,3}}{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
    end = closing.search(text, fence.end())
    return len(text) if end is None else end.end()


def _outside_spans(text: str) -> Iterator[str]:
    """Prose outside `code spans`; a run of ticks that never closes is prose (CommonMark §6.1)."""
    runs = list(_TICKS.finditer(text))
    last = {len(run[0]): index for index, run in enumerate(runs)}
    start = index = 0
    while index < len(runs):
        length = len(runs[index][0])
        closing = _closing(runs, index, length) if last[length] > index else None
        if closing is None:
            index += 1
            continue
        yield text[start : runs[index].start()]
        start = runs[closing].end()
        index = closing + 1
    yield text[start:]


def _closing(runs: list[re.Match[str]], index: int, length: int) -> int | None:
    rest = range(index + 1, len(runs))
    return next((later for later in rest if len(runs[later][0]) == length), None)
