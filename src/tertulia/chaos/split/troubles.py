"""What is done to many processes: drawn by a seed before it begins, one after another."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from random import Random
from typing import Protocol

from tertulia.chaos.faults import BadWeather, Frozen, Proxy, Weather, hold
from tertulia.chaos.faults.weather import STORMS
from tertulia.chaos.live.keeper import draw_failpoint
from tertulia.chaos.live.process import DoesNotStart
from tertulia.chaos.split.deployment import OWN_PARTS, PARTS, Split

TROUBLES = (5, 9)
"""How often something is done in a run."""
SECONDS = (0.3, 2.5)
LONG_SECONDS = (2.5, 15.0)
"""Longer than a lease, and sometimes than what is waited for."""
LONG_SHARE = 0.1
PAUSE_SECONDS = (0.2, 1.0)
LIES_SHARE = 0.5
OWNERS = tuple(name for name in OWN_PARTS if name.startswith(("accounts", "conversations")))
GATEWAYS = tuple(name for name in OWN_PARTS if name.startswith("gateway"))
BROKEN = (
    Weather("black_hole", carries=False),
    Weather("refuse", refuses=True, drops=0.2),
    Weather("drop", drops=0.05),
    Weather("delay", longest_delay=0.1),
)
"""What may befall a line between machines of one house."""


class Trouble(Protocol):
    """Something that goes wrong, and is over when it returns."""

    @property
    def name(self) -> str:
        """In reports."""
        ...

    async def befall(self, split: Split, clients: Proxy, /) -> None:
        """Let it happen; `clients` is the line to all of them. Raises `DoesNotStart`."""
        ...


@dataclass(frozen=True)
class Death:
    """SIGKILL; what died starts again after the seconds."""

    part: str
    seconds: float

    @property
    def name(self) -> str:
        """See `Trouble`."""
        return f"kills: {self.part}"

    async def befall(self, split: Split, _clients: Proxy) -> None:
        """See `Trouble`."""
        split.kill(self.part)
        await split.ended(self.part)
        await asyncio.sleep(self.seconds)
        await split.start()


@dataclass(frozen=True)
class DeathAtAPlace:
    """SIGKILL, and the successor dies at a failpoint, where it comes there within the seconds."""

    part: str
    failpoint: str
    seconds: float

    @property
    def name(self) -> str:
        """See `Trouble`."""
        return f"kills at {self.failpoint.partition(':')[0]}"

    async def befall(self, split: Split, _clients: Proxy) -> None:
        """See `Trouble`."""
        split.kill(self.part)
        await split.ended(self.part)
        with suppress(DoesNotStart, TimeoutError):  # it may die before it is ready, or not at all
            await split.start(self.failpoint)
            async with asyncio.timeout(self.seconds):
                await split.ended(self.part)
        split.kill(self.part)
        await split.ended(self.part)
        await split.start()


@dataclass(frozen=True)
class Standstill:
    """SIGSTOP, and SIGCONT after the seconds."""

    part: str
    seconds: float

    @property
    def name(self) -> str:
        """See `Trouble`."""
        return f"stops: {self.part}"

    async def befall(self, split: Split, _clients: Proxy) -> None:
        """See `Trouble`."""
        await hold(Frozen(lambda: split.pid(self.part)), self.seconds)


@dataclass(frozen=True)
class Storm:
    """Bad weather on the lines to NATS of some parts, on those to PostgreSQL, or on those of clients."""

    line: str
    """A process of the product, all to `nats`, `postgresql` or `clients`."""
    weather: Weather
    cuts: bool
    """Whether the connections that stand are reset first."""
    seconds: float

    @property
    def name(self) -> str:
        """See `Trouble`."""
        return f"lines of {self.line}: {self.weather.name}"

    async def befall(self, split: Split, clients: Proxy, /) -> None:
        """See `Trouble`."""
        lines = {
            "nats": [*split.to_nats.values()],
            "postgresql": [split.to_postgresql],
            "clients": [clients],
            **{name: [proxy] for name, proxy in split.to_nats.items()},
        }[self.line]
        async with AsyncExitStack() as stack:
            for line in lines:
                if self.cuts:
                    line.cut()
                await stack.enter_async_context(BadWeather(line, self.weather))
            await asyncio.sleep(self.seconds)


@dataclass(frozen=True)
class LostCommits:
    """So many commits are there, and their answers are not."""

    number: int
    seconds: float
    name: str = "commits: not answered"

    async def befall(self, split: Split, _clients: Proxy) -> None:
        """See `Trouble`."""
        split.commits.lose(self.number)
        await asyncio.sleep(self.seconds)
        split.commits.lose(0)


@dataclass(frozen=True)
class EndedSessions:
    """PostgreSQL ends all sessions, again and again."""

    number: int
    seconds: float
    name: str = "sessions: terminated"

    async def befall(self, split: Split, _clients: Proxy) -> None:
        """See `Trouble`."""
        for _ in range(self.number):
            await asyncio.to_thread(split.terminate_sessions)
            await asyncio.sleep(self.seconds / self.number)


@dataclass(frozen=True)
class NewVersion:
    """A rolling restart: each of these is stopped in good order when the one before works again."""

    parts: Sequence[str]
    name: str = "rolling restarts"

    async def befall(self, split: Split, _clients: Proxy) -> None:
        """See `Trouble`."""
        for part in self.parts:
            await split.restart(part)


@dataclass(frozen=True)
class Step:
    """A trouble after a pause, during which NATS may lie."""

    pause: float
    lies: bool
    trouble: Trouble


def draw(seed: int) -> list[Step]:
    """What is done in the run of a seed, in this order."""
    chance = Random(f"troubles {seed}")  # noqa: S311 - no secret
    return [
        Step(chance.uniform(*PAUSE_SECONDS), chance.random() < LIES_SHARE, _draw_trouble(chance))
        for _ in range(chance.randint(*TROUBLES))
    ]


def _draw_trouble(chance: Random) -> Trouble:
    kinds, weights = zip(*_KINDS, strict=True)
    (kind,) = chance.choices(kinds, weights)
    return kind(chance)


def _seconds(chance: Random) -> float:
    is_long = chance.random() < LONG_SHARE
    return chance.uniform(*(LONG_SECONDS if is_long else SECONDS))


def _storm(lines: Sequence[str], kinds: Sequence[Weather]) -> Callable[[Random], Trouble]:
    def drawn(chance: Random) -> Trouble:
        line, weather = chance.choice(lines), chance.choice(kinds)
        return Storm(line, weather, chance.random() < 0.5, _seconds(chance))

    return drawn


_KINDS: tuple[tuple[Callable[[Random], Trouble], float], ...] = (
    (lambda chance: Death(chance.choice(PARTS), chance.uniform(*SECONDS) / 2), 6),
    (
        lambda chance: DeathAtAPlace(
            chance.choice(OWNERS), draw_failpoint(chance), chance.uniform(*SECONDS)
        ),
        3,
    ),
    (lambda chance: Standstill(chance.choice(PARTS), _seconds(chance)), 3),
    (_storm(GATEWAYS, BROKEN), 3),
    (_storm(OWN_PARTS, BROKEN), 1),
    (_storm(("nats", "postgresql"), BROKEN), 2),
    (_storm(("clients",), STORMS), 1),
    (lambda chance: LostCommits(chance.randint(1, 8), _seconds(chance)), 2),
    (lambda chance: EndedSessions(chance.randint(1, 4), _seconds(chance)), 1),
    (lambda chance: NewVersion(OWN_PARTS[chance.randrange(2) :: 2]), 1),
)
"""What is drawn, and how often."""
