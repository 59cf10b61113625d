"""Rounds of an attack: what is played, what is looked at afterwards, and what counts as a finding."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.realtime.fuzz import attacks
from tests.realtime.fuzz.log import faults
from tests.realtime.fuzz.player import play_all
from tests.realtime.fuzz.script import Script
from tests.realtime.fuzz.target import Hang, Target
from tests.realtime.fuzz.witness import Complaint, WrongAnswer, watching

SCRIPTS = 60
"""Hostile clients in a round."""

SETTLING = 14.0
"""How long a server may hold what belonged to clients that are gone, in seconds.

Uvicorn's own WebSockets wait 10 s for the answer to a close frame, and hear of nothing else meanwhile.
"""

UNCHANGED = 15
"""Readings of the gauges that do not go down any more: the server is idle."""

BUSY = 1.0
"""How long nothing may keep the loop busy, in seconds of CPU time."""

SLACK_BYTES = 64 * 2**20
SLACK_BLOCKS = 6000
BLOCKS_PER_SCRIPT = 2
"""Allocated blocks that may stay behind for each script: caches fill and lists keep their size."""


@dataclass
class Finding(Exception):
    """Something that must not happen; findings of the same fault have the same `fault`."""

    fault: str
    detail: str
    logged: bool = False
    """Whether the server itself told of it."""

    late: bool = False
    """Whether it may be no more than a machine that has much else to do."""

    def __str__(self) -> str:
        return f"{self.fault}\n{self.detail}"


@dataclass
class Idle:
    """What the server held when nobody was connected, and how much was played since."""

    gauges: dict[str, Any]
    scripts: int = 0

    def surplus(self, now: dict[str, Any]) -> str:
        """What is held beyond it, in words; empty when nothing is."""
        return "\n".join(self._surplus(now))

    def _surplus(self, now: dict[str, Any]) -> Iterator[str]:
        for name, count in now["held"].items():
            if count > (before := self.gauges["held"].get(name, 0)):
                yield f"{name}: {before} → {count}"
        for name in ("tasks", "files"):
            if now[name] > self.gauges[name]:
                yield f"{name}: {self.gauges[name]} → {now[name]}"
        for name, slack in self._slacks().items():
            if now[name] > self.gauges[name] + slack:
                yield f"{name}: {self.gauges[name]} → {now[name]} after {self.scripts} scripts"

    def _slacks(self) -> dict[str, int]:
        blocks = SLACK_BLOCKS + BLOCKS_PER_SCRIPT * self.scripts
        return {"blocks": blocks, "bytes": SLACK_BYTES}


def draw_round(seed: str, number: int, size: int = SCRIPTS) -> list[Script]:
    """The scripts of a round."""
    return [attacks.draw(f"{seed}/{number}/{client}") for client in range(size)]


async def attack(
    target: Target, scripts: Sequence[Script], idle: Idle | None, *, settling: float = SETTLING
) -> Idle:
    """Play scripts while witnesses watch, and look at the server after it has settled.

    Returns what it holds idle: as given, or as measured now. Raises what was found.
    """
    try:
        async with watching(target):
            await play_all(scripts, target.address)
        return await _settled(target, len(scripts), idle, settling)
    except (Complaint, Hang) as error:
        if await target.is_gone():
            raise _finding(target, "the server's process ended", str(error)) from None
        fault = "a witness complains" if isinstance(error, Complaint) else "the server hangs"
        notes = [*getattr(error, "__notes__", ()), await _lateness(target)]
        finding = _finding(target, fault, "\n".join([str(error), *notes]))
        finding.late = not finding.logged and not isinstance(error, WrongAnswer)
        raise finding from None


async def _lateness(target: Target) -> str:
    with contextlib.suppress(Hang):
        gauges = await target.gauges()
        return "the server's loop was busy for {busy:.1f} s, late by {late:.1f} s".format(**gauges)
    return "the server's loop is stuck"


async def _settled(target: Target, played: int, idle: Idle | None, settling: float) -> Idle:
    if idle is None:
        idle, played = Idle(await _quiet(target, settling)), 0
    idle.scripts += played
    gauges = await _back_to(idle, target, settling)
    if surplus := idle.surplus(gauges):
        raise _finding(target, "something stays behind", surplus)
    if gauges["busy"] > BUSY:
        raise _finding(target, "the loop is kept busy", f"for {gauges['busy']:.1f} s of CPU time")
    if faults(target.log):
        raise _finding(target, "", "")
    return idle


async def _quiet(target: Target, settling: float) -> dict[str, Any]:
    """The least that it holds, once that has not changed for a while."""
    least, unchanged = await target.gauges(), 0
    async for gauges in _readings(target, settling):
        unchanged += 1
        if _weight(gauges) < _weight(least):
            least, unchanged = gauges, 0
        if unchanged == UNCHANGED:
            break
    return least


def _weight(gauges: dict[str, Any]) -> tuple[int, ...]:
    return gauges["tasks"], gauges["files"], sum(gauges["held"].values()), gauges["blocks"]


async def _back_to(idle: Idle, target: Target, settling: float) -> dict[str, Any]:
    gauges = await target.gauges()
    async for gauges in _readings(target, settling):
        if not idle.surplus(gauges):
            break
    return gauges


async def _readings(target: Target, seconds: float) -> AsyncIterator[dict[str, Any]]:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        yield await target.gauges()
        await asyncio.sleep(0.1)


def _finding(target: Target, fault: str, detail: str) -> Finding:
    """A finding; what the server logged says more than what was seen from outside."""
    for logged, lines in faults(target.log).items():
        return Finding(logged, f"{detail}\n{lines}".strip(), logged=True)
    parted = [line for line in target.log if "a witness parted" in line]
    return Finding(fault, "\n".join([detail, *parted]))
