"""Draws packets: right ones, hostile ones that others fell over, and right ones gone wrong."""

import json
from base64 import b64encode
from collections.abc import Callable
from random import Random
from typing import Any

from tests.realtime.fuzz import wire

EVENTS = ("echo", "say", "join", "leave", "gorge", "ask", "blob", "quit", "unheard", "message")

# Each was accepted, or was fatal, somewhere: CVE-2022-2421, CVE-2023-32695, CVE-2024-38355,
# CVE-2026-33151, CVE-2026-48804 and CVE-2026-69185 among them.
HOSTILE = (
    "4", "4abc", "4" + "2" * 300, "49", "4-1", "42", "42{}", "42[]", "42abc", '42abc["echo"]',
    '42["echo"', '42["echo"]x', '42[null]', "42[[]]", '42[{"toString":1}]', '42["__proto__",1]',
    '42["constructor"]', '42["connect"]', '42["disconnect"]', '42["connect_error"]',
    '42["disconnecting"]', '42["newListener"]', '42["removeListener"]', '42["*"]', "42null",
    "42true", '42"echo"', "421", "42-1[]", '42 ["echo"]', '42\n["echo"]', '42٣["echo"]',
    '429007199254740993["echo"]', "42" + "9" * 400 + '["echo"]', '421.5["echo"]', '42+1["echo"]',
    '421e3["echo"]', '42["echo",NaN]', '42["echo",Infinity]', '42["echo",-Infinity]',
    '42["echo",1e999]', '42["echo",' + "9" * 5000 + "]", '42["echo","\\ud800"]', '42["echo","\x00"]',
    '42["echo",{"a":1,"a":2}]', '42["echo",{"__proto__":{"polluted":1}}]', "42" + "[" * 5000,
    "42" + "[" * 5000 + "]" * 5000, '42["echo",' + '{"a":' * 2000 + "1" + "}" * 2000 + "]",
    "42/nowhere,[]", '42/nowhere,["echo"]', "42/,", '42/,["echo"]', "42//,[]", "42/" + "n" * 9000,
    "43", "43[]", "431", "431[]", "43-1[]", "4399999999999[1]", '431{"a":1}', "43null", "431null",
    '43/nowhere,1["a"]', "44", '44"no"', '44{"message":"no"}', "44[]",
    "45", "45-", "450-", '450-["echo"]', '451-["echo"]', '45-1-["echo"]', '451["echo"]',
    '451-["echo",{"_placeholder":true,"num":0}]', '451-["echo",{"_placeholder":true,"num":99}]',
    '451-["echo",{"_placeholder":true,"num":-1}]', '451-["echo",{"_placeholder":true,"num":0.5}]',
    '451-["echo",{"_placeholder":true,"num":"__proto__"}]', '451-["echo",{"_placeholder":true}]',
    '451-["echo",{"_placeholder":1,"num":0}]', '451-[{"_placeholder":true,"num":0}]',
    '452-["echo",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]',
    '4511-["echo"]', '459999999999-["echo"]', '451e1-["echo"]', '450x3-["echo"]', '45 1-["echo"]',
    "46", "46-", "460-1[]", '461-1[{"_placeholder":true,"num":0}]', "461-[]", "47", "48", "4\x00",
    "40", "40{}", "40[]", "40null", '40"x"', "40{", '40{"token":' + "[" * 3000 + "]" * 3000 + "}",
    "40/,", "40/nowhere", "40/nowhere,", "40/nowhere,{}", "40/ws", "40/ws,", "40/ws?a=b,",
    "40/*", "40/__proto__,", "40/" + "x" * 4000 + ",", "401", '40{"refuse":true}', "41", "41/",
    "41/nowhere,", "41/ws,", "41[]", "411",
    "", "0", '0{"sid":"mine"}', "1", "1x", "2", "2probe", "2x", "3", "3probe", "3x", "5", "5x", "6",
    "6x", "7", "9", "b", "bAAAA", "b!!!!", "bA", "b" + "A" * 4001, "\x1e", "\x1e\x1e", "4\x1e",
    "2\x1e3\x1e6", "\ufeff42[]", "\u20284", "٤2[]", "x",
)  # fmt: skip


def json_value(random: Random, depth: int = 0) -> Any:
    """Any JSON value, small and not deep."""
    kinds: list[Callable[[], Any]] = [
        lambda: None,
        lambda: random.random() < 0.5,
        lambda: random.choice((0, -1, 7, 2**31, 2**53, -(2**63), 10**25)),
        lambda: random.choice((0.5, -1.25e-7, 1e300)),
        lambda: text(random),
    ]
    if depth < 3:
        kinds += [
            lambda: [json_value(random, depth + 1) for _ in range(random.randrange(4))],
            lambda: {
                text(random): json_value(random, depth + 1) for _ in range(random.randrange(4))
            },
        ]
    return random.choice(kinds)()


def text(random: Random) -> str:
    """A short text of many scripts."""
    alphabet = 'aZ09 "\\/\n\x1e\x00{}[],:ñé中🫖\u2028\ufeff'
    return "".join(random.choice(alphabet) for _ in range(random.randrange(12)))


def event(random: Random, namespace: str = "") -> str:
    """An EVENT without binary, with or without an ack id, as an Engine.IO message."""
    arguments = [json_value(random) for _ in range(random.randrange(4))]
    number = random.choice(("", "0", "7", str(random.randrange(10**6))))
    data = json.dumps([random.choice(EVENTS), *arguments], ensure_ascii=random.random() < 0.5)
    return f"42{namespace}{number}{data}"


def binary_event(random: Random, namespace: str = "") -> list[str | bytes]:
    """A BINARY_EVENT and its attachments."""
    count = random.randrange(1, 5)
    holes = [{"_placeholder": True, "num": number} for number in range(count)]
    number = random.choice(("", str(random.randrange(100))))
    data = json.dumps(["echo", *holes, json_value(random)])
    head = f"45{count}-{namespace}{number}{data}"
    return [head, *(random.randbytes(random.randrange(40)) for _ in range(count))]


def ack(random: Random) -> str:
    """An ACK that nobody may have asked for."""
    return f"43{random.randrange(50)}{json.dumps([json_value(random)])}"


def packet(random: Random) -> list[str | bytes]:
    """A right packet of any kind that a connected client may send."""
    kind = random.randrange(10)
    if kind < 6:
        return [event(random)]
    if kind < 8:
        return binary_event(random)
    return [ack(random)] if kind == 8 else ["3"]


def wrong_packet(random: Random) -> list[str | bytes]:
    """A packet that is wrong, or at least unusual."""
    kind = random.randrange(6)
    if kind < 3:
        return [random.choice(HOSTILE)]
    packets = packet(random)
    spot = random.randrange(len(packets))
    if kind == 3 and len(packets) > 1:
        del packets[spot]
        return packets
    chosen = packets[spot]
    packets[spot] = mutated_text(random, chosen) if isinstance(chosen, str) else chosen.hex()
    return packets


def mutated_text(random: Random, original: str) -> str:
    """A text with a few characters gone, doubled, swapped or new."""
    data = mutated(random, original.encode("utf-8", "surrogatepass"))
    return data.decode("utf-8", "replace")


def mutated(random: Random, original: bytes) -> bytes:
    """Bytes with one to four of them, or of their ranges, changed."""
    data = bytearray(original)
    for _ in range(random.randrange(1, 5)):
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + random.choice((0, 1, 1, 2, 4, 16)))
        data[start:end] = random.choice(
            (
                b"",
                random.randbytes(max(end - start, 1)),
                bytes(data[start:end]) * 2,
                random.choice(
                    (b"[", b'"', b"\\", b"-", b"99", b"\x1e", b"\x00", b"\xff", b"{}", b"/")
                ),
            )
        )
    return bytes(data)


def as_text(packet: str | bytes) -> str:
    """A packet as it stands in a polling payload."""
    return "b" + b64encode(packet).decode() if isinstance(packet, bytes) else packet


def frames(random: Random, packets: list[str | bytes]) -> bytes:
    """Packets as WebSocket messages, some of them in fragments with control frames between."""
    return b"".join(
        fragments(random, packet)
        if random.random() < 0.2
        else wire.frame(packet, mask=random.choice((b"\0\0\0\0", random.randbytes(4))))
        for packet in packets
    )


def fragments(random: Random, packet: str | bytes) -> bytes:
    """A message in fragments, at any byte and empty ones too."""
    data = packet.encode("utf-8", "surrogatepass") if isinstance(packet, str) else packet
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(1, 5)))
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    first = wire.TEXT if isinstance(packet, str) else wire.BINARY
    out = bytearray()
    for number, piece in enumerate(pieces):
        opcode = wire.CONTINUATION if number else first
        out += wire.frame(piece, opcode, fin=number == len(pieces) - 1)
        if random.random() < 0.2:
            out += wire.frame(b"between", random.choice((wire.PING, wire.PONG)))
    return bytes(out)


def wrong_frame(random: Random) -> bytes:
    """A frame that RFC 6455 forbids, or a right one in odd clothes."""
    w = wire
    makers: list[Callable[[], bytes]] = [
        lambda: w.frame("2", mask=None),
        lambda: w.frame("2", reserved=random.randrange(1, 8)),
        lambda: w.frame("2", random.choice((3, 4, 7, 11, 15))),
        lambda: w.frame("x" * 126, w.PING),
        lambda: w.frame("x", random.choice((w.PING, w.CLOSE)), fin=False),
        lambda: w.frame("3", w.CONTINUATION),
        lambda: w.frame("3", w.TEXT, fin=False) + w.frame("3", w.TEXT),
        lambda: w.frame("3", length_bytes=random.choice((2, 8))),
        lambda: b"\x81\xff" + b"\xff" * 8 + b"\0\0\0\0",
        lambda: b"\x81\xff\x7f" + b"\xff" * 7 + b"\0\0\0\0",
        lambda: b"\x82\xff" + (2**20 + 1).to_bytes(8, "big") + b"\0\0\0\0" + b"x" * 3000,
        lambda: w.frame(b"\xff\xfe\x80", w.TEXT),
        lambda: w.frame(b"4\xed\xa0\x80", w.TEXT),
        lambda: w.frame(b"\xc3", w.TEXT, fin=False) + w.frame(b"\xa9", w.CONTINUATION),
        lambda: w.frame(b"", w.TEXT),
        lambda: w.frame(b"", w.BINARY),
        lambda: w.frame(b"", w.CLOSE),
        lambda: w.frame(b"\x03", w.CLOSE),
        lambda: w.frame(random.choice((0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535)).to_bytes(2, "big"), w.CLOSE),
        lambda: w.frame(b"\x03\xe8\xff\xfe", w.CLOSE),
        lambda: w.frame(b"\x03\xe8bye", w.CLOSE) + w.frame('42["echo"]'),
        lambda: w.frame("x" * 125, w.PING) * random.randrange(1, 200),
        lambda: w.frame(b"", w.TEXT, fin=False) + w.frame(b"", w.CONTINUATION, fin=False) * 500,
        lambda: random.randbytes(random.randrange(1, 60)),
        lambda: mutated(random, w.frame(event(random))),
    ]  # fmt: skip
    return random.choice(makers)()
