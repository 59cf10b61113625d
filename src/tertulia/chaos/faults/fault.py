"""The one interface of all faults."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Fault(AbstractAsyncContextManager[None], Protocol):
    """Something goes wrong on entering, and is right again on leaving. May be entered again then."""

    name: str
    """In reports."""


async def hold(fault: Fault, seconds: float) -> None:
    """Let it last."""
    async with fault:
        await asyncio.sleep(seconds)
