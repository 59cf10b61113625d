"""Streams and bodies drawn from a seed, cut anywhere: the same must come of them, and what must come."""

import importlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, TypeAlias

from tests.realtime.fuzz import grammar, reference, wire
from tests.realtime.fuzz.application import MESSAGE_BYTES
from tests.realtime.fuzz.inprocess import LAST, MOMENT, PATIENCE, InProcess, Outcome
from tests.realtime.fuzz.shrink import Budget, minimal

Check: TypeAlias = Callable[[Sequence[bytes], int], Awaitable[None]]


SEPARATOR = b"\x1e"


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
        self._own_frames = driver == "fast"
        """Whether frames are cut by the engine, and not by the web server."""
        self._place = InProcess(importlib.import_module(engine), driver)

    async def run(self, seed: str, seconds: float) -> int:
        """Try for some seconds; how many streams passed. Raises the smallest difference found."""
        end = time.monotonic() + seconds
        number = 0
        while time.monotonic() < end:
            random = Random(f"{seed}/codecs/{number}")
            check = self.check_stream if number % 3 else self.check_body
            parts = self.draw_stream(random) if number % 3 else draw_body(random)
            try:
                await _checked(check, parts, number)
            except Difference as difference:
                raise await self._smallest(difference, parts, check, number) from None
            number += 1
        return number

    async def check_stream(self, parts: Sequence[bytes], number: int) -> None:
        """Raises `Difference` if frames, whole or cut, do not lead to what they should."""
        data = b"".join([*parts, wire.frame(LAST)])
        expected = reference.of_stream(data, MESSAGE_BYTES)
        patience = PATIENCE if expected.is_certain(["last"]) else MOMENT
        whole = await self._place.read([data], patience=patience)
        _compare("frames against the reference", data, expected, whole)
        for chunks in cuts(Random(number), data):
            cut = await self._place.read(chunks, patience=patience)
            if not cut.agrees(whole):
                raise Difference("frames cut otherwise", data, whole, cut)

    async def check_body(self, parts: Sequence[bytes], number: int) -> None:
        """Raises `Difference` if a body, whole or cut, does not lead to what it should."""
        data = SEPARATOR.join([*parts, LAST.encode()])
        expected = reference.of_body(data)
        patience = PATIENCE if expected.is_certain(["last"]) else MOMENT
        status, whole = await self._place.post([data], patience=patience)
        _compare("a POST against the reference", data, expected, whole)
        for chunks in cuts(Random(number), data):
            again = await self._place.post(chunks, patience=patience)
            if again != (status, whole):
                raise Difference("a POST in pieces", data, (status, whole), again)

    def draw_stream(self, random: Random) -> list[bytes]:
        """Some frames, mostly right."""
        parts = [self._frames(random) for _ in range(random.randrange(1, 6))]
        if self._own_frames and random.random() < 0.2:
            return [grammar.mutated(random, b"".join(parts))]
        return parts

    def _frames(self, random: Random) -> bytes:
        if self._own_frames and random.random() < 0.15:
            return grammar.wrong_frame(random)
        draw = grammar.wrong_packet if random.random() < 0.2 else grammar.packet
        return grammar.frames(random, draw(random))

    async def _smallest(
        self, found: Difference, parts: list[bytes], check: Check, number: int
    ) -> Difference:
        smallest = found

        async def differs(parts: Sequence[bytes]) -> bool:
            nonlocal smallest
            try:
                await _checked(check, parts, number)
            except Difference as difference:
                if same := difference.kind == found.kind:
                    smallest = difference
                return same
            return False

        parts = await minimal(parts, differs, Budget(10))
        for at, part in enumerate(parts if self._own_frames or check == self.check_body else []):

            async def differs_with(data: Sequence[int], at: int = at) -> bool:
                return await differs([*parts[:at], bytes(data), *parts[at + 1 :]])

            parts[at] = bytes(await minimal(part, differs_with, Budget(10)))
        return smallest


async def _checked(check: Check, parts: Sequence[bytes], number: int) -> None:
    try:
        await check(parts, number)
    except Difference:
        raise
    except Exception as error:
        data = b"".join(parts)
        raise Difference("an error was raised", data, "none", repr(error)) from error


def _compare(kind: str, data: bytes, expected: reference.Expected, got: Outcome) -> None:
    if got.errors:
        raise Difference("an error was logged", data, "none", got.errors)
    heard = got.heard[: len(expected.heard)] if expected.unsure else got.heard
    answered = expected.heard[-1:] == [["last"]]
    if heard != expected.heard or (not expected.unsure and got.answered != answered):
        raise Difference(kind, data, expected, got)


def draw_body(random: Random) -> list[bytes]:
    """A body of some packets, mostly right."""
    packets: list[str] = []
    for _ in range(random.choice((1, 1, 2, 3, 5, 20))):
        draw = grammar.wrong_packet if random.random() < 0.1 else grammar.packet
        packets += (grammar.as_text(packet) for packet in draw(random))
    parts = [packet.encode("utf-8", "surrogatepass") for packet in packets]
    return [grammar.mutated(random, SEPARATOR.join(parts))] if random.random() < 0.2 else parts


def cuts(random: Random, data: bytes) -> list[list[bytes]]:
    """The data in other pieces: byte by byte if it is short, and at two to five random places."""
    bounds = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(1, 5)))
    edges = [0, *bounds, len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]
    single = [data[at : at + 1] for at in range(len(data))]
    return [pieces, single] if 0 < len(data) < 400 else [pieces]
