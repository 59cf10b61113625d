"""Power cuts at many points of one recording: an image each, opened and held against what was told."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tertulia.chaos.power.disk import Disk, Image, moments, write_image
from tertulia.chaos.power.opening import check_whole, open_quickly, open_with_server, read_found
from tertulia.chaos.power.promises import check_told
from tertulia.chaos.power.recording import DATA, Recording
from tertulia.chaos.violations import Violation
from tertulia.kit.log import join_logging

SERVER_EVERY = 100
"""Of so many images one is opened by the whole server, the others by all of it but the edge."""
MEMORY = Path("/dev/shm")  # noqa: S108 - in a folder of our own below it


@dataclass(frozen=True)
class Cut:
    """One power cut: everything in it follows from the recording and the seed."""

    seed: int
    line: int
    image: Image


@dataclass(frozen=True)
class Verdict:
    """What became of an image."""

    seed: int
    line: int
    violations: Sequence[Violation]


@dataclass
class Verdicts:
    """Of all images of a recording."""

    images: int = 0
    opened_by_server: int = 0
    bad: list[Verdict] = field(default_factory=list)


def cuts(recording: Recording, seeds: Sequence[int]) -> Iterator[Cut]:
    """The images of these seeds, in the order of their points."""
    drawn = ((random.Random(seed), seed) for seed in seeds)  # noqa: S311 - no secret
    points = sorted((chance.choice(recording.points), seed) for chance, seed in drawn)
    disk, calls = Disk({}), list(moments(recording.calls))
    done = 0
    for line, seed in points:
        while done < len(calls) and calls[done][0] <= line:
            disk.apply(calls[done][1])
            done += 1
        chance = random.Random(f"image {seed}")  # noqa: S311
        yield Cut(seed, line, disk.cut(chance))


async def verify(recording: Recording, seeds: Sequence[int]) -> Verdicts:
    """Open every image; what was told by its point has to be in it."""
    join_logging()
    verdicts = Verdicts()
    for number, cut in enumerate(cuts(recording, seeds), 1):
        whole = number % SERVER_EVERY == 0
        violations = await _judge(recording, cut, whole=whole)
        verdicts.images += 1
        verdicts.opened_by_server += whole
        if violations:
            verdicts.bad.append(Verdict(cut.seed, cut.line, violations))
    return verdicts


async def _judge(recording: Recording, cut: Cut, *, whole: bool) -> list[Violation]:
    folder = Path(tempfile.mkdtemp(prefix="tertulia-power-", dir=_memory()))
    try:
        write_image(cut.image, folder)
        data = folder / DATA
        if whole:
            failures = await asyncio.to_thread(open_with_server, data)
        else:
            failures = await open_quickly(data)
        if failures:
            return failures
        told = [fact for fact in recording.facts if fact.line <= cut.line]
        return [*check_whole(data), *check_told(told, read_found(data))]
    finally:
        shutil.rmtree(folder)


def _memory() -> Path | None:
    """Where syncing costs nothing; the image is not what may be lost."""
    return MEMORY if MEMORY.is_dir() else None
