"""The repertoire of hostile clients: each attack draws a script, and any script may go wild."""

from collections.abc import Callable
from random import Random
from typing import TypeAlias

from tests.realtime.fuzz import grammar, over_http, over_websocket
from tests.realtime.fuzz.manners import Steps
from tests.realtime.fuzz.script import End, Script, Send, Step

Attack: TypeAlias = Callable[[Random], Steps]


def draw(seed: str) -> Script:
    """The script of a seed, always the same one."""
    random = Random(seed)
    name, attack = random.choice(sorted(ATTACKS.items()))
    steps = attack(random)
    if random.random() < 0.25:
        name, steps = f"{name}, gone wild", _wild(random, steps)
    return Script(name, tuple(steps))


def _wild(random: Random, steps: Steps) -> Steps:
    """Steps left out, doubled, swapped, sent in pieces or with other bytes."""
    steps = list(steps)
    for _ in range(random.randrange(1, 4)):
        if not steps:
            break
        spot, other = random.randrange(len(steps)), random.randrange(len(steps))
        kind = random.randrange(5)
        if kind == 0:
            del steps[spot]
        elif kind == 1:
            steps.insert(other, steps[spot])
        elif kind == 2:
            steps[spot], steps[other] = steps[other], steps[spot]
        else:
            steps[spot] = _mangled(random, steps[spot])
    return steps


def _mangled(random: Random, step: Step) -> Step:
    if not isinstance(step, Send):
        return End(random.choice(("close", "half", "reset")), random.randrange(2))
    if random.random() < 0.5:
        return Send(step.data, step.wire, chunk=random.choice((1, 2, 7, 100, 1500)))
    return Send(grammar.mutated(random, step.data), step.wire, step.chunk)


ATTACKS: dict[str, Attack] = {
    attack.__name__.replace("_", " "): attack
    for attack in (
        over_websocket.talk,
        over_websocket.wrong_packets,
        over_websocket.wrong_first,
        over_websocket.wrong_frames,
        over_websocket.missing_attachments,
        over_websocket.namespaces,
        over_websocket.flood,
        over_websocket.greed,
        over_websocket.never_answers,
        over_websocket.dribble,
        over_websocket.in_one_go,
        over_websocket.too_large,
        over_http.odd_requests,
        over_http.odd_upgrades,
        over_http.polls,
        over_http.polling_races,
        over_http.upgrades,
        over_http.stolen_ids,
        over_websocket.silence,
        over_websocket.sudden_ends,
    )
}
