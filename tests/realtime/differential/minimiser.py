"""Makes a script that shows something as small as it still does."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.realtime.differential.mutation import coherent
from tests.realtime.differential.steps import Request, Script, Send, Step

Shows = Callable[[Script], bool]


def minimal(script: Script, shows: Shows, *, trials: int = 150) -> Script:
    """Leave out steps, then letters, as long as the script shows the same; try so often at most."""
    while True:
        for smaller in _smaller(script):
            trials -= 1
            if trials < 0:
                return script
            if shows(smaller):
                script = smaller
                break
        else:
            return script


def _smaller(script: Script) -> Iterator[Script]:
    steps = script.steps
    for at, step in enumerate(steps):
        without = coherent([*steps[:at], *steps[at + 1 :]])
        if len(without) < len(steps):
            yield replace(script, steps=without)
        for shorter in _shorter(step):
            yield replace(script, steps=(*steps[:at], shorter, *steps[at + 1 :]))


def _shorter(step: Step) -> Iterator[Step]:
    match step:
        case Send(frames=(str(text),)):
            yield from (replace(step, frames=(half,)) for half in _halves(text))
        case Request(body=str(body)):
            yield from (replace(step, body=half) for half in _halves(body))
        case _:
            return


def _halves(text: str) -> Iterator[str]:
    """Without one half, one quarter… of it, down to a letter."""
    size = len(text) // 2
    while size:
        for at in range(0, len(text), size):
            yield text[:at] + text[at + size :]
        size //= 2
