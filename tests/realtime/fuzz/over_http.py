"""Attacks over HTTP: odd requests, long-polling, and upgrades from it."""

from random import Random

from tests.realtime.fuzz import grammar, wire
from tests.realtime.fuzz.manners import PLACE, Steps, polling, websocket
from tests.realtime.fuzz.script import Await, End, Rest, Send


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
