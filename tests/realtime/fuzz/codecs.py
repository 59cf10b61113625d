"""Streams and bodies drawn from a seed, cut anywhere: the same must come of them, and what must come."""

import importlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from tests.realtime.fuzz import grammar, reference, wire
from tests.realtime.fuzz.application import MESSAGE_BYTES
from tests.realtime.fuzz.inprocess import LAST, MOMENT, PATIENCE, InProcess, Outcome
from tests.realtime.fuzz.shrink import Budget, minimal


@dataclass
class Difference(Exception):
    """A stream of which something else came than should have."""

    kind: str
    data: bytes
    expected: Any
    got: Any

    def __str__(self) -> str:
        return f"{self.kind}\n  bytes    {self.data!r}\n  expected {self.expected}\n  got      {self.got}"


class Codecs:
    """One driver's codecs against the reference, and against themselves with other cuts."""

    def __init__(self, engine: str, driver: str) -> None:
        self._place = InProcess(importlib.import_module(engine), driver)

    async def run(self, seed: str, seconds: float) -> int:
        """Try for some seconds; how many streams passed. Raises the smallest difference found."""
        end = time.monotonic() + seconds
        number = 0
        while time.monotonic() < end:
            random = Random(f"{seed}/codecs/{number}")
            check = self.check_stream if number % 3 else self.check_body
            data = draw_stream(random) if number % 3 else draw_body(random)
            try:
                await check(data, number)
            except Difference as difference:
                raise await self._smallest(difference, check, number) from None
            number += 1
        return number

    async def check_stream(self, data: bytes, number: int) -> None:
        """Raises `Difference` if frames, whole or cut, do not lead to what they should."""
        data += wire.frame(LAST)
        expected = reference.of_stream(data, MESSAGE_BYTES)
        patience = PATIENCE if expected.is_certain(["last"]) else MOMENT
        whole = await self._place.read([data], patience=patience)
        _compare("frames against the reference", data, expected, whole)
        for chunks in cuts(Random(number), data):
            cut = await self._place.read(chunks, patience=patience)
            if cut != whole:
                raise Difference(f"frames cut into {list(map(len, chunks))[:50]}", data, whole, cut)

    async def check_body(self, data: bytes, number: int) -> None:
        """Raises `Difference` if a body, whole or cut, does not lead to what it should."""
        data += b"\x1e" + LAST.encode()
        status, whole = await self._place.post([data])
        _compare("a POST against the reference", data, reference.of_body(data), whole)
        for chunks in cuts(Random(number), data):
            if (again := await self._place.post(chunks)) != (status, whole):
                raise Difference("a POST in pieces", data, (status, whole), again)

    async def _smallest(self, found: Difference, check: Any, number: int) -> Difference:
        smallest = found

        async def differs(data: Sequence[int]) -> bool:
            nonlocal smallest
            try:
                await check(bytes(data), number)
            except Difference as difference:
                if same := difference.kind.split()[:3] == found.kind.split()[:3]:
                    smallest = difference
                return same
            return False

        await minimal(found.data, differs, Budget(20))
        return smallest


def _compare(kind: str, data: bytes, expected: reference.Expected, got: Outcome) -> None:
    if got.errors:
        raise Difference("an error was logged", data, "none", got.errors)
    heard = got.heard[: len(expected.heard)] if expected.unsure else got.heard
    closed = got.closed if expected.unsure else not expected.heard or expected.heard[-1] != ["last"]
    if heard != expected.heard or got.closed != closed:
        raise Difference(kind, data, expected, got)


def draw_stream(random: Random) -> bytes:
    """Some frames, mostly right."""
    parts = [_frames(random) for _ in range(random.randrange(1, 6))]
    stream = b"".join(parts)
    return grammar.mutated(random, stream) if random.random() < 0.2 else stream


def _frames(random: Random) -> bytes:
    if random.random() < 0.15:
        return grammar.wrong_frame(random)
    draw = grammar.wrong_packet if random.random() < 0.2 else grammar.packet
    return grammar.frames(random, draw(random))


def draw_body(random: Random) -> bytes:
    """A body of some packets, mostly right."""
    packets: list[str] = []
    for _ in range(random.choice((1, 1, 2, 3, 5, 20))):
        draw = grammar.wrong_packet if random.random() < 0.1 else grammar.packet
        packets += (grammar.as_text(packet) for packet in draw(random))
    body = "\x1e".join(packets).encode("utf-8", "surrogatepass")
    return grammar.mutated(random, body) if random.random() < 0.2 else body


def cuts(random: Random, data: bytes) -> list[list[bytes]]:
    """The data in other pieces: byte by byte if it is short, and at two to five random places."""
    bounds = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(1, 5)))
    edges = [0, *bounds, len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]
    single = [data[at : at + 1] for at in range(len(data))]
    return [pieces, single] if 0 < len(data) < 400 else [pieces]
