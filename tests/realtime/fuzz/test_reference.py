"""The reference decoder of the fuzzer, against the parsers that it was written after."""

import base64
import json
import subprocess
from pathlib import Path
from random import Random
from typing import Any

from tests.realtime.fuzz import grammar, reference, wire

HERE = Path(__file__).parent
Packets = list[str | bytes]


def drawn(count: int) -> list[Packets]:
    random = Random("packets")
    cases: list[Packets] = [[packet] for packet in grammar.HOSTILE]
    cases += [grammar.wrong_packet(random) for _ in range(count)]
    cases += [[*grammar.packet(random), *grammar.wrong_packet(random)] for _ in range(count)]
    return [list(map(sendable, case)) for case in cases if not any(map(is_deep, case))]


def is_deep(packet: str | bytes) -> bool:
    """Deeper than Python's own JSON can look."""
    return isinstance(packet, str) and max(map(packet.count, "[{")) > 500


def sendable(packet: str | bytes) -> str | bytes:
    if isinstance(packet, bytes):
        return packet
    return packet.encode("utf-8", "replace").decode()


def as_json(packet: str | bytes) -> Any:
    if isinstance(packet, bytes):
        return {"bytes": base64.b64encode(packet).decode()}
    return packet


def parsed(cases: list[Packets]) -> list[dict[str, Any]]:
    """What the parsers of the reference implementation say."""
    lines = "\n".join(json.dumps(list(map(as_json, case))) for case in cases) + "\n"
    done = subprocess.run(
        ["node", HERE / "parsers.mjs"], input=lines, capture_output=True, text=True, check=True
    )
    return list(map(json.loads, done.stdout.split("\n")[:-1]))


def plain(value: Any) -> Any:
    """A value as it comes back from JavaScript."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list):
        return list(map(plain, value))
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def test_the_reference_reads_packets_as_the_parsers_do():
    cases = drawn(1500)
    certain = 0
    for case, told in zip(cases, parsed(cases), strict=True):
        stream = b"".join(map(wire.frame, case))
        expected = reference.of_stream(stream, 1_000_000)
        heard = plain(expected.heard)
        if expected.unsure:
            assert plain(told["heard"])[: len(heard)] == heard, case
        else:
            certain += 1
            assert (plain(told["heard"]), told["closed"]) == (heard, expected.closed), case
    assert certain > 0.7 * len(cases)


def test_the_reference_cuts_frames_as_the_standard_says():
    masked = wire.frame("3", mask=b"\x01\x02\x03\x04")
    for good in (masked, wire.frame("3", length_bytes=8), wire.frame("", wire.PING)):
        assert not reference.of_stream(good, 1000).closed
    for bad in (
        wire.frame("3", mask=None),
        wire.frame("3", reserved=4),
        wire.frame("x" * 126, wire.PING),
        wire.frame("3", wire.CONTINUATION),
        wire.frame("", wire.TEXT),
        wire.frame(b"\xff", wire.TEXT),
        wire.frame("3" * 1001),
        wire.frame("3" * 900, fin=False) + wire.frame("3" * 200, wire.CONTINUATION),
    ):
        assert reference.of_stream(bad, 1000).closed
