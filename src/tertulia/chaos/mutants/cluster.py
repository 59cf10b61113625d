"""Defects of a gateway that is one of many."""

from typing import Any


def hear_as_it_comes(_real: Any) -> Any:
    """What the bus brings is told at once, in whatever order and however often."""

    async def hear(following: Any, update: Any) -> None:
        await following.react(update)

    return hear
