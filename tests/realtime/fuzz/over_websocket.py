"""Attacks over a WebSocket."""

import json
from random import Random

from tests.realtime.fuzz import grammar, wire
from tests.realtime.fuzz.manners import OPENED, Steps, farewell, polling, say, websocket
from tests.realtime.fuzz.script import Await, Rest, Send


def talk(random: Random) -> Steps:
    """Nothing is wrong with this one."""
    says = [say(random, grammar.packet(random)) for _ in range(random.randrange(1, 12))]
    return [*websocket(), *says, Send(wire.frame('429999["echo"]')), Await(b"439999[")]


def wrong_packets(random: Random) -> Steps:
    """Right packets with a wrong one among them."""
    before = [say(random, grammar.packet(random)) for _ in range(random.randrange(3))]
    after = [say(random, grammar.packet(random)) for _ in range(random.randrange(3))]
    return [
        *websocket(),
        *before,
        say(random, grammar.wrong_packet(random)),
        *after,
        Await(b"\x88"),
    ]


def wrong_first(random: Random) -> Steps:
    """Packets before CONNECT, or instead of it."""
    says = [
        say(random, random.choice((grammar.packet, grammar.wrong_packet))(random))
        for _ in range(random.randrange(1, 4))
    ]
    return [Send(wire.upgrade()), OPENED, *says, Await(b"\x88")]


def wrong_frames(random: Random) -> Steps:
    """Frames that are forbidden, in a connection that was in order."""
    wrong = [Send(grammar.wrong_frame(random)) for _ in range(random.randrange(1, 4))]
    opening = websocket() if random.random() < 0.7 else [Send(wire.upgrade()), OPENED]
    return [*opening, say(random, grammar.packet(random)), *wrong, Await(b"\x88")]


def missing_attachments(random: Random) -> Steps:
    """Binary events whose attachments never come, or are something else."""
    count = random.choice((1, 2, 9, 10, 11, 99))
    head = f'45{count}-["echo",{{"_placeholder":true,"num":0}}]'
    others: list[str | bytes] = [b"x" * random.choice((0, 1, 9000))] * random.randrange(count)
    last = random.choice(([], [head], ["2"], ["3"], [grammar.event(random)], ["41"], ["40"]))
    return [*websocket(), say(random, [head, *others, *last]), Await(b"\x88")]


def namespaces(random: Random) -> Steps:
    """Namespaces that come and go, and some that are not there."""
    names = ("", "/ws,", "/ws,", "/nowhere,", "/ws?q=1,", "/")
    says: Steps = []
    for _ in range(random.randrange(1, 15)):
        name = random.choice(names)
        packet = random.choice((f"40{name}", f"41{name}", grammar.event(random, name)))
        says.append(say(random, [packet]))
    return [*websocket(), *says]


def flood(random: Random) -> Steps:
    """Very many small packets at once."""
    one = random.choice(
        ("3", "2", '42["echo"]', '421["echo",1]', "40", "41/ws,", "6", '431["x"]', "40/ws,")
    )
    burst = wire.frame(one) * random.choice((100, 1000, 4000))
    return [*websocket(), Send(burst), Await(b"\x88"), *farewell(random)]


def greed(random: Random) -> Steps:
    """Asks for much and reads none of it."""
    times, size = random.choice(((300, 10), (40, 60_000), (1000, 1000)))
    return [
        *websocket(),
        Send(wire.frame(f'42["gorge",{times},{size}]')),
        Rest(0.3),
        *farewell(random),
    ]


def never_answers(random: Random) -> Steps:
    """Is asked for an ack, and gives other ones."""
    forged = [grammar.ack(random) for _ in range(random.randrange(20))]
    return [*websocket(), say(random, ['421["ask"]', *forged]), Await(b'["riddle"')]


def dribble(random: Random) -> Steps:
    """One byte at a time, from the request on."""
    says = grammar.frames(random, [*grammar.packet(random), *grammar.packet(random)])
    whole = [Send(wire.upgrade(), chunk=1), OPENED, Send(wire.frame("40") + says, chunk=1)]
    return [*whole, *farewell(random)]


def in_one_go(random: Random) -> Steps:
    """The request and all frames in one write, without waiting for an answer."""
    says = grammar.frames(random, ["40", *grammar.packet(random), *grammar.wrong_packet(random)])
    return [Send(wire.upgrade() + says), Await(b"\x88"), *farewell(random)]


def too_large(random: Random) -> Steps:
    """A message that is larger than allowed, whole or in fragments."""
    size = random.choice((99_990, 100_000, 100_001, 300_000))
    whole = wire.frame("42" + json.dumps(["echo", "x" * size]))
    piece = wire.frame("x" * (size // 40), wire.CONTINUATION, fin=False)
    pieces = wire.frame('42["echo","', wire.TEXT, fin=False) + piece * 40
    return [*websocket(), Send(random.choice((whole, pieces))), Await(b"\x88")]


def silence(random: Random) -> Steps:
    """Opens, to whatever point, and says no more."""
    opening = random.choice(
        (websocket(), polling(), [Send(wire.upgrade()), OPENED], [Send(b"GET /")])
    )
    cut = random.randrange(1, len(opening) + 1)
    return [*opening[:cut], Rest(random.choice((0.1, 0.5, 2.0)))]


def sudden_ends(random: Random) -> Steps:
    """Ends at any point, by any means."""
    opening = random.choice((websocket(), polling()))
    says = [say(random, grammar.packet(random)) for _ in range(3)]
    cut = random.randrange(1, len(opening) + 4)
    return [*[*opening, *says][:cut], *farewell(random)]
