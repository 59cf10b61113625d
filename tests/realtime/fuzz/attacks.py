"""The repertoire of hostile clients: each attack draws a script, and any script may go wild."""

import json
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from tests.realtime.fuzz import grammar, wire
from tests.realtime.fuzz.script import SID, Await, End, Rest, Script, Send, Step

Steps: TypeAlias = list[Step]
Attack: TypeAlias = Callable[[Random], Steps]

OPENED = Await(b'"maxPayload"')
CONNECTED = Await(b'40{"sid"')
PLACE = SID.decode()
"""The id that the server gave, filled in when the script is played."""


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


# ---- opening


def websocket(number: int = 0, auth: str = "") -> Steps:
    """A WebSocket with a connected Socket.IO client."""
    opening = Send(wire.upgrade(), number), Await(OPENED.marker, number)
    connect = Send(wire.frame("40" + auth), number), Await(CONNECTED.marker, number)
    return [*opening, *connect]


def polling(number: int = 0) -> Steps:
    """Long-polling with a connected Socket.IO client; its first poll is done."""
    return [
        Send(wire.get(), number),
        Await(OPENED.marker, number),
        Send(wire.post("40", PLACE), number),
        Await(b"ok", number),
        Send(wire.get(PLACE), number),
        Await(CONNECTED.marker, number),
    ]


def _say(random: Random, packets: list[str | bytes], number: int = 0) -> Send:
    return Send(grammar.frames(random, packets), number, chunk=random.choice((0, 0, 0, 1, 5)))


# ---- over WebSocket


def talk(random: Random) -> Steps:
    """Nothing is wrong with this one."""
    says = [_say(random, grammar.packet(random)) for _ in range(random.randrange(1, 12))]
    return [*websocket(), *says, Send(wire.frame('429999["echo"]')), Await(b"439999[")]


def wrong_packets(random: Random) -> Steps:
    """Right packets with a wrong one among them."""
    before = [_say(random, grammar.packet(random)) for _ in range(random.randrange(3))]
    after = [_say(random, grammar.packet(random)) for _ in range(random.randrange(3))]
    return [
        *websocket(),
        *before,
        _say(random, grammar.wrong_packet(random)),
        *after,
        Await(b"\x88"),
    ]


def wrong_first(random: Random) -> Steps:
    """Packets before CONNECT, or instead of it."""
    says = [
        _say(random, random.choice((grammar.packet, grammar.wrong_packet))(random))
        for _ in range(random.randrange(1, 4))
    ]
    return [Send(wire.upgrade()), OPENED, *says, Await(b"\x88")]


def wrong_frames(random: Random) -> Steps:
    """Frames that are forbidden, in a connection that was in order."""
    wrong = [Send(grammar.wrong_frame(random)) for _ in range(random.randrange(1, 4))]
    opening = websocket() if random.random() < 0.7 else [Send(wire.upgrade()), OPENED]
    return [*opening, _say(random, grammar.packet(random)), *wrong, Await(b"\x88")]


def missing_attachments(random: Random) -> Steps:
    """Binary events whose attachments never come, or are something else."""
    count = random.choice((1, 2, 9, 10, 11, 99))
    head = f'45{count}-["echo",{{"_placeholder":true,"num":0}}]'
    others: list[str | bytes] = [b"x" * random.choice((0, 1, 9000))] * random.randrange(count)
    last = random.choice(([], [head], ["2"], ["3"], [grammar.event(random)], ["41"], ["40"]))
    return [*websocket(), _say(random, [head, *others, *last]), Await(b"\x88")]


def namespaces(random: Random) -> Steps:
    """Namespaces that come and go, and some that are not there."""
    names = ("", "/ws,", "/ws,", "/nowhere,", "/ws?q=1,", "/")
    says: Steps = []
    for _ in range(random.randrange(1, 15)):
        name = random.choice(names)
        packet = random.choice((f"40{name}", f"41{name}", grammar.event(random, name)))
        says.append(_say(random, [packet]))
    return [*websocket(), *says]


def flood(random: Random) -> Steps:
    """Very many small packets at once."""
    one = random.choice(
        ("3", "2", '42["echo"]', '421["echo",1]', "40", "41/ws,", "6", '431["x"]', "40/ws,")
    )
    burst = wire.frame(one) * random.choice((100, 1000, 4000))
    return [*websocket(), Send(burst), Await(b"\x88"), *_farewell(random)]


def greed(random: Random) -> Steps:
    """Asks for much and reads none of it."""
    times, size = random.choice(((300, 10), (40, 60_000), (1000, 1000)))
    return [
        *websocket(),
        Send(wire.frame(f'42["gorge",{times},{size}]')),
        Rest(0.3),
        *_farewell(random),
    ]


def never_answers(random: Random) -> Steps:
    """Is asked for an ack, and gives other ones."""
    forged = [grammar.ack(random) for _ in range(random.randrange(20))]
    return [*websocket(), _say(random, ['421["ask"]', *forged]), Await(b'["riddle"')]


def dribble(random: Random) -> Steps:
    """One byte at a time, from the request on."""
    says = grammar.frames(random, [*grammar.packet(random), *grammar.packet(random)])
    whole = [Send(wire.upgrade(), chunk=1), OPENED, Send(wire.frame("40") + says, chunk=1)]
    return [*whole, *_farewell(random)]


def in_one_go(random: Random) -> Steps:
    """The request and all frames in one write, without waiting for an answer."""
    says = grammar.frames(random, ["40", *grammar.packet(random), *grammar.wrong_packet(random)])
    return [Send(wire.upgrade() + says), Await(b"\x88"), *_farewell(random)]


def too_large(random: Random) -> Steps:
    """A message that is larger than allowed, whole or in fragments."""
    size = random.choice((99_990, 100_000, 100_001, 300_000))
    whole = wire.frame("42" + json.dumps(["echo", "x" * size]))
    piece = wire.frame("x" * (size // 40), wire.CONTINUATION, fin=False)
    pieces = wire.frame('42["echo","', wire.TEXT, fin=False) + piece * 40
    return [*websocket(), Send(random.choice((whole, pieces))), Await(b"\x88")]


# ---- over HTTP


def odd_requests(random: Random) -> Steps:
    """Requests that no client would send."""
    return [
        step
        for _ in range(random.randrange(1, 4))
        for step in (Send(_odd_request(random)), Await(b"\r\n\r\n"))
    ]


def _odd_request(random: Random) -> bytes:
    path = wire.PATH
    target = random.choice(
        (
            path, f"{path}?", f"{path}?EIO=3&transport=polling", f"{path}?EIO=4", "/socket.io", "*",
            f"{path}?EIO=4&transport=polling&j=0", f"{path}?EIO=4&transport=websocket",
            f"{path}?EIO=4&transport=__proto__", f"{path}?EIO=4&transport=polling&sid=nobody",
            f"{path}?EIO=4&EIO=3&transport=polling&transport=websocket", f"{path}?EIO=%FF&transport=%00",
            f"{path}?EIO=4&transport=polling&sid=%F0%9F&b64=1", f"{path}x?EIO=4&transport=polling",
            f"{path}%2e%2e/?EIO=4&transport=polling", f"{path}?" + "a=b&" * 3000, "//socket.io//",
            f"{path}?EIO=4&transport=polling&sid={'s' * 8000}", f"{path}?EIO=4&transport=webtransport",
        )
    )  # fmt: skip
    method = random.choice(
        ("GET", "GET", "POST", "OPTIONS", "PUT", "DELETE", "HEAD", "PATCH", "QUERY")
    )
    headers: dict[str, str] = random.choice(
        (
            {}, {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Origin": "http://localhost"},
            {"Transfer_Encoding": "chunked"}, {"Content_Length": "-1"}, {"Content_Length": "10"},
            {"Upgrade": "websocket", "Connection": "Upgrade"}, {"Upgrade": "h2c", "Connection": "Upgrade"},
            {"Content_Type": "application/octet-stream"}, {"Expect": "100-continue"}, {"Host": "\xff"},
            {"Accept_Encoding": "gzip;q=0, deflate, br;q=nan"}, {"Cookie": "io=" + "c" * 5000},
            {"Access_Control_Request_Headers": "a\tb", "Origin": "http://localhost"},
        )
    )  # fmt: skip
    body = random.choice((b"", b"40", b"\xff", b"5\r\nhello\r\n0\r\n\r\n", b"xyz\r\n"))
    made = wire.request(method, target, body, **headers)
    return grammar.mutated(random, made) if random.random() < 0.3 else made


def odd_upgrades(random: Random) -> Steps:
    """Upgrades with wrong headers, a wrong id, or a reset before the answer (CVE-2022-41940)."""
    headers: dict[str, str] = random.choice(
        (
            {"Sec_WebSocket_Version": "12"}, {"Sec_WebSocket_Version": "x"}, {"Sec_WebSocket_Key": "x"},
            {"Sec_WebSocket_Key": ""}, {"Connection": "keep-alive"}, {"Upgrade": "WEBSOCKET, h2c"},
            {"Sec_WebSocket_Extensions": "permessage-deflate; server_max_window_bits=99"},
            {"Sec_WebSocket_Protocol": "a, b, ,,"}, {"Origin": "null"}, {"Content_Length": "5"},
            {"Transfer_Encoding": "chunked"}, {"Host": ""}, {"X": "y" * 20_000},
        )
    )  # fmt: skip
    sid = random.choice((None, None, "nobody", PLACE, "", "../x", "%00"))
    opening = polling(1) if sid == PLACE else []
    ending: Steps = random.choice(
        ([Await(b"\r\n\r\n")], [End("reset")], [End("half")], [Rest(0.05)])
    )
    return [*opening, Send(wire.upgrade(sid, **headers)), *ending]


def polls(random: Random) -> Steps:
    """Long-polling with right and wrong bodies."""
    return [*polling(), *(step for _ in range(random.randrange(1, 6)) for step in _polled(random))]


def _polled(random: Random) -> Steps:
    packets = [
        grammar.as_text(packet)
        for _ in range(random.choice((1, 2, 3, 17, 40)))
        for packet in random.choice((grammar.packet, grammar.packet, grammar.wrong_packet))(random)
    ]
    body = "\x1e".join(packets).encode("utf-8", "surrogatepass")
    if random.random() < 0.2:
        body = grammar.mutated(random, body)
    if random.random() < 0.1:
        headers = {"Content_Type": random.choice(("application/octet-stream", "x", ""))}
        return [Send(wire.post(body, PLACE, **headers)), Await(b"\r\n\r\n")]
    return [Send(wire.post(body, PLACE)), Await(b"\r\n\r\n"), Send(wire.get(PLACE)), Await(b"HTTP")]


def polling_races(random: Random) -> Steps:
    """Two polls, two posts, a poll and a close, all at once."""
    requests = (
        wire.get(PLACE),
        wire.post(grammar.event(random), PLACE),
        wire.post("1", PLACE),
        wire.post("41", PLACE),
        wire.post("40", PLACE),
        wire.upgrade(PLACE),
        wire.post("40", PLACE)[:-1],
    )
    races: Steps = []
    for number in range(1, random.randrange(3, 6)):
        races.append(Send(random.choice(requests), number))
        if random.random() < 0.3:
            races.append(End(random.choice(("close", "reset", "half")), number))
    return [*polling(), *races, *(Await(b"\r\n\r\n", number) for number in range(1, 5))]


def upgrades(random: Random) -> Steps:
    """An upgrade from polling that stops, or goes wrong, somewhere on its way."""
    way: Steps = [
        Send(wire.upgrade(PLACE), 1),
        Await(b"\r\n\r\n", 1),
        Send(wire.frame("2probe"), 1),
        Await(b"3probe", 1),
        Send(wire.get(PLACE)),
        Send(wire.frame("5"), 1),
        Send(wire.frame('421["echo","upgraded"]'), 1),
        Await(b"43", 1),
    ]
    odd: Steps = random.choice(
        (
            [],
            [End("reset", 1)],
            [End("close", 1)],
            [End("close")],
            [Send(wire.frame(random.choice(grammar.HOSTILE)), 1)],
            [Send(wire.frame(b"2probe"), 1)],
            [Send(wire.upgrade(PLACE), 2), Send(wire.frame("2probe"), 2), Send(wire.frame("5"), 2)],
            [Send(wire.post(grammar.event(random), PLACE), 2)],
            [Send(wire.post("1", PLACE), 2)],
            [Rest(0.1)],
        )
    )
    spot = random.randrange(len(way) + 1)
    return [*polling(), *way[:spot], *odd, *way[spot:] * (random.random() < 0.7)]


def stolen_ids(random: Random) -> Steps:
    """The id of a connection, used by another one as it pleases."""
    opening = random.choice((websocket, polling))()
    thief = random.choice(
        (wire.get(PLACE), wire.post("40", PLACE), wire.upgrade(PLACE), wire.post("1", PLACE))
    )
    return [*opening, Send(thief, 1), Await(b"\r\n\r\n", 1), Send(wire.frame("2probe5"), 1)]


# ---- and leaving


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
    says = [_say(random, grammar.packet(random)) for _ in range(3)]
    cut = random.randrange(1, len(opening) + 4)
    return [*[*opening, *says][:cut], *_farewell(random)]


def _farewell(random: Random) -> Steps:
    return random.choice(
        (
            [],
            [End("close")],
            [End("reset")],
            [End("half"), Rest(0.1)],
            [Send(wire.frame("41")), Send(wire.frame("1"))],
            [Send(wire.frame(b"\x03\xe8", wire.CLOSE)), Await(b"\x88")],
        )
    )


ATTACKS: dict[str, Attack] = {
    attack.__name__.replace("_", " "): attack
    for attack in (
        talk,
        wrong_packets,
        wrong_first,
        wrong_frames,
        missing_attachments,
        namespaces,
        flood,
        greed,
        never_answers,
        dribble,
        in_one_go,
        too_large,
        odd_requests,
        odd_upgrades,
        polls,
        polling_races,
        upgrades,
        stolen_ids,
        silence,
        sudden_ends,
    )
}
