"""Cuts a failing attack down to what it needs to fail: fewer clients, fewer steps, fewer bytes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tests.realtime.fuzz.script import Script, Send, Step

T = TypeVar("T")

Fails = Callable[[Sequence[T]], Awaitable[bool]]
"""Whether an attack with these parts still fails in the same way."""


class Budget:
    """Until when shrinking may go on trying, in seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._end = asyncio.get_running_loop().time() + seconds

    @property
    def spent(self) -> bool:
        return asyncio.get_running_loop().time() > self._end


async def shrink(scripts: Sequence[Script], fails: Fails[Script], budget: Budget) -> list[Script]:
    """The fewest and shortest scripts found in time that fail as the given ones do."""
    kept = await minimal(scripts, fails, budget)
    for spot, script in enumerate(kept):

        async def fails_with(
            steps: Sequence[Step], spot: int = spot, script: Script = script
        ) -> bool:
            changed = [*kept[:spot], script.with_steps(tuple(steps)), *kept[spot + 1 :]]
            return await fails(changed)

        steps = await minimal(script.steps, fails_with, budget)
        steps = await _shorter_sends(steps, fails_with, budget)
        kept[spot] = script.with_steps(tuple(steps))
    return kept


async def _shorter_sends(steps: list[Step], fails: Fails[Step], budget: Budget) -> list[Step]:
    for spot, step in enumerate(steps):
        if not isinstance(step, Send):
            continue

        others = list(steps)

        async def fails_with(
            data: Sequence[int], spot: int = spot, step: Send = step, others: list[Step] = others
        ) -> bool:
            return await fails(_replaced(others, spot, replace(step, data=bytes(data))))

        data = await minimal(step.data, fails_with, budget)
        steps = _replaced(steps, spot, replace(step, data=bytes(data)))
    return steps


def _replaced(steps: Sequence[Step], spot: int, step: Step) -> list[Step]:
    return [*steps[:spot], step, *steps[spot + 1 :]]


async def minimal(parts: Sequence[T], fails: Fails[T], budget: Budget) -> list[T]:
    """The parts that cannot be left out, neither alone nor in runs: delta debugging (Zeller 1999)."""
    kept = list(parts)
    size = max(len(kept) // 2, 1)
    while kept and not budget.spent:
        shorter = await _without_a_run(kept, size, fails, budget)
        if shorter is not None:
            kept = shorter
        elif size == 1:
            break
        else:
            size //= 2
        size = max(min(size, len(kept) // 2), 1)
    return kept


async def _without_a_run(
    parts: list[T], size: int, fails: Fails[T], budget: Budget
) -> list[T] | None:
    for start in range(0, len(parts), size):
        rest = parts[:start] + parts[start + size :]
        if budget.spent:
            break
        if await fails(rest):
            return rest
    return None
