"""How pieces of work that were started end."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from tertulia.realtime.engine import eager


class Ends:
    """Hears how pieces of work end."""

    def __init__(self) -> None:
        self.results: list[Any] = []
        self.errors: list[BaseException] = []
        self._more = asyncio.Event()

    def __call__(self, result: Any, error: BaseException | None) -> None:
        if error is None:
            self.results.append(result)
        else:
            self.errors.append(error)
        self._more.set()

    async def wait(self, count: int = 1) -> None:
        """Until so many have ended."""
        async with asyncio.timeout(5):
            while len(self.results) + len(self.errors) < count:
                self._more.clear()
                await self._more.wait()


def started(work: Coroutine[Any, Any, Any]) -> Ends:
    ends = Ends()
    eager.start(work, ends)
    return ends


async def current() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task
    return task
