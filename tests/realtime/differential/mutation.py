"""Scripts made of the corpus by chance: spliced, cut, and with damaged packets."""

import random
import re
from dataclasses import dataclass, replace

from tests.realtime.differential.corpus.all import SCRIPTS
from tests.realtime.differential.steps import (
    HANDSHAKE,
    UPGRADE,
    WEBSOCKET,
    Connect,
    Cut,
    Request,
    Script,
    Send,
    Settle,
    Step,
    get,
    post,
)
from tests.realtime.differential.wire.frames import BINARY, TEXT, Frame

WORDS = (
    """
0 1 2 3 4 5 6 7 40 41 42 43 44 451- 461- b - , / /admin, /nowhere, /hello, [ ] { } " [] {} null true 1.5 é probe bAQID
["echo"] ["ack",1] ["nothing"] ["ask"] ["bytes"] ["kick"] ["connect"] ["x"] \\ud83d \x1e
{"_placeholder":true,"num":0} {"token":"secret"}
""".replace("\n", " ")
    .strip()
    .split(" ")
)
"""What packets are made of, whole or not."""

LONGEST = 300
LONGEST_SCRIPT = 14

QUIRKS = re.compile(
    r"ask_briefly"  # it is a matter of time
    r"|\s|\ufeff"  # JavaScript takes white space for the number 0
    r"|\d{16}"  # and knows whole numbers of 53 bits only
    r"|^4[56](?!(?:[1-9]\d*|0)?(?:-|\D*$))[^-]*-"  # it counts 01-, 1e0-, 0x1- and 1.0- attachments
    r'|"num":-?\d+\.'
    r"|^4[56]\d+-(/[^,]*,?)?\d*$"  # it waits for the attachments of nothing
)
"""Texts in which the reference behaves as the engine does not want to."""

LAST = '42["echo","last"]'

Text = str | bytes


@dataclass
class Mutation:
    """An endless source of scripts; the same seed gives the same ones."""

    chance: random.Random

    def script(self, number: int) -> Script:
        steps = self._spliced()
        for _ in range(self.chance.randint(1, 3)):
            steps = self._mutated(steps)
        return Script(f"random {number}", coherent([*steps[:LONGEST_SCRIPT], *_last_words(steps)]))

    def _spliced(self) -> list[Step]:
        first, second = self.chance.choices(MATERIAL, k=2)
        if self.chance.random() < 0.5:
            return list(first)
        return [*first[: self.chance.randint(1, len(first))], *second]

    def _mutated(self, steps: list[Step]) -> list[Step]:
        change = self.chance.choice((self._drop, self._repeat, self._swap, *[self._damage] * 4))
        return change(steps, self.chance.randrange(len(steps))) if steps else steps

    def _drop(self, steps: list[Step], at: int) -> list[Step]:
        return steps[:at] + steps[at + 1 :]

    def _repeat(self, steps: list[Step], at: int) -> list[Step]:
        return [*steps[: at + 1], *steps[at:]]

    def _swap(self, steps: list[Step], at: int) -> list[Step]:
        return [*steps[:at], *reversed(steps[at : at + 2]), *steps[at + 2 :]]

    def _damage(self, steps: list[Step], at: int) -> list[Step]:
        return [*steps[:at], self._damaged(steps[at]), *steps[at + 1 :]]

    def _damaged(self, step: Step) -> Step:
        match step:
            case Request(method="GET", query=query) if self.chance.random() < 0.3:
                return replace(step, query=self._garbled(query))
            case Request(method="POST", body=str(body)):
                return replace(step, body=self._garbled(body))
            case Send(frames=(str(text),)):
                return replace(step, frames=(self._garbled(text),))
            case Send(frames=(Frame() as frame,)) if self.chance.random() < 0.5:
                return replace(step, frames=(self._bent(frame),))
            case _:
                return step

    def _garbled(self, text: str) -> str:
        at = self.chance.randint(0, len(text))
        to = min(len(text), at + self.chance.randint(0, 3))
        garbled = self.chance.choice(
            (
                text[:at] + text[to:],
                text[:at] + self.chance.choice(WORDS) + text[to:],
                text[:at] + self.chance.choice(WORDS) + text[at:],
                self.chance.choice(WORDS) + self.chance.choice(WORDS),
                text[:at],
            )
        )
        return text if QUIRKS.search(garbled) or len(garbled) > LONGEST else garbled

    def _bent(self, frame: Frame) -> Frame:
        return self.chance.choice(
            (
                replace(frame, fin=not frame.fin),
                replace(frame, rsv=self.chance.choice((1, 2, 4))),
                replace(frame, opcode=self.chance.randrange(16)),
                replace(frame, masked=False),
            )
        )


def coherent(steps: list[Step]) -> tuple[Step, ...]:
    """The steps that still make sense, one thing at a time.

    What is said on no connection is left out, the upgrade of what is a WebSocket already, and polling beside an
    upgrade: the reference releases polls a tenth of a second later and knows a session that ends for longer.
    """
    kept: list[Step] = []
    opened: set[str] = set()
    upgrades = any(isinstance(step, Connect) and step.query == UPGRADE for step in steps)
    for step in steps:
        match step:
            case Connect(query=query, name=name):
                if name in opened or (query == UPGRADE and not _begins_by_polling(kept)):
                    continue
                opened.add(name)
            case Send(name=name) | Cut(name=name) if name not in opened:
                continue
            case Settle():
                continue
            case Request(query=query) if upgrades and "sid" in query:
                continue
            case _:
                pass
        kept.append(step)
    return tuple(each for step in kept for each in (step, Settle()))


def _begins_by_polling(steps: list[Step]) -> bool:
    sockets = (isinstance(step, Connect) and step.query == WEBSOCKET for step in steps)
    first = next((at for at, is_socket in enumerate(sockets) if is_socket), len(steps))
    return HANDSHAKE in steps[:first]


def _last_words(steps: list[Step]) -> list[Step]:
    """Shows what is still alive."""
    polls = any(isinstance(step, Request) for step in steps)
    return [Send((LAST,)), *([post(LAST), get(later=True)] if polls else [])]


def _material(script: Script) -> list[Step]:
    """A script as steps that wait for nothing."""
    return [plain for step in script.steps for plain in _plain(step)]


def _plain(step: Step) -> list[Step]:
    match step:
        case Request(method="GET", query=query) if query == UPGRADE:
            return []  # the reference never answers
        case Request(method="GET", query=query) if "sid" in query:
            return [replace(step, name="", line="", later=True)]
        case Request(method=method) if method not in {"GET", "POST"}:
            return []
        case Request(path="/socket.io/", later=False, headers=headers) if "User-Agent" not in dict(
            headers
        ):
            return [replace(step, line="")]
        case Connect(query=query, headers=(), method="GET", early=()):
            return [step] if query in {WEBSOCKET, UPGRADE} else []
        case Cut(half=False):
            return [step]
        case Send(frames=frames, name=name):
            whole = (it for it in frames if not isinstance(it, Frame) or it.length is None)
            return [Send((_simple(frame),), name) for frame in whole]
        case _:
            return []


def _simple(frame: Text | Frame) -> Text | Frame:
    """A frame that can be damaged as text, if it is one."""
    if isinstance(frame, Frame) and frame == Frame(frame.opcode, frame.payload):
        if frame.opcode == BINARY:
            return frame.payload
        if frame.opcode == TEXT and frame.payload.isascii():
            return frame.payload.decode()
    return frame


def _fit(steps: list[Step]) -> bool:
    """Short, and free of quirks."""
    said = [frame for step in steps if isinstance(step, Send) for frame in step.frames]
    said += [step.body for step in steps if isinstance(step, Request) and step.body]
    short = all(len(said.payload if isinstance(said, Frame) else said) <= LONGEST for said in said)
    return (
        0 < len(steps) <= LONGEST_SCRIPT
        and short
        and not any(isinstance(said, str) and QUIRKS.search(said) for said in said)
    )


MATERIAL = [
    steps
    for script in SCRIPTS.values()
    if script.house == "plain" and "j=" not in str(script) and _fit(steps := _material(script))
]
