"""Who keeps a deployment alive by killing it, with servers that only pretend to run."""

import asyncio
from collections.abc import Sequence
from random import Random

from tertulia.chaos.live.keeper import Keeper, draw_failpoint
from tertulia.chaos.live.process import DoesNotStart
from tertulia.kit import failpoints


class Pretence:
    """A deployment of two processes; it refuses to start while `refusals` are left."""

    parts: Sequence[str] = ("gateway", "services")
    url = "http://127.0.0.1:1"

    def __init__(self, refusals: int = 0, *, dies_at_failpoints: bool = False) -> None:
        self.started: list[str] = []
        self.ends: list[str] = []
        self.runs = False
        self._refusals = refusals
        self._dies = dies_at_failpoints
        self._over = asyncio.Event()

    async def start(self, failpoint: str = "") -> None:
        self.started.append(failpoint)
        if self._refusals:
            self._refusals -= 1
            raise DoesNotStart("no room")
        self.runs = True
        self._over.clear()
        if failpoint and self._dies:
            self.kill("itself")

    async def stop(self) -> None:
        self.kill("stop")

    def kill(self, part: str) -> None:
        self.ends.append(part)
        self.runs = False
        self._over.set()

    def pid(self, part: str) -> int:
        return len(part)

    async def ended(self, part: str) -> None:
        await self._over.wait()


def keeper(deployment: Pretence, lives: int, *harm: int) -> Keeper:
    counted = iter(harm)
    return Keeper(deployment, Random(1), lives, lambda: next(counted, 0))


async def test_every_life_ends_and_the_last_one_does_not():
    deployment = Pretence(dies_at_failpoints=True)
    await keeper(deployment, 3).keep()
    assert len(deployment.ends) == 3
    assert deployment.started[-1] == ""
    assert deployment.runs


async def test_a_kill_at_a_failpoint_is_counted_by_its_name():
    kept = keeper(Pretence(dies_at_failpoints=True), 4)
    await kept.keep()
    assert sum(kept.counts.values()) == 4
    assert all(name.startswith("kills at ") for name in kept.counts)


async def test_one_that_does_not_start_breaks_a_promise():
    kept = keeper(Pretence(refusals=2), 1)
    await kept.keep()
    (found,) = kept.violations
    assert found.checker == "G12"
    assert "no room" in found.says


async def test_one_that_does_not_start_while_harm_is_done_is_tried_again():
    deployment = Pretence(refusals=2)
    kept = keeper(deployment, 1, 0, 1, 2, 2)
    await kept.keep()
    assert kept.violations == []
    assert deployment.runs


def test_failpoints_are_drawn_that_there_are():
    for seed in range(50):
        with failpoints.armed(draw_failpoint(Random(seed))):
            pass
