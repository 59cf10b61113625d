"""How late the event loop is: the first sign that something blocks it, or that there is too much to do."""

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from tertulia.kit.metrics import LOOP_LAG

PACE = 0.1
WINDOW = 10
STUCK_SECONDS = 1.0
LOOKS = 1 / 4
"""Of the seconds after which the loop is stuck, how often the thread beside looks: to wake costs most when
nothing else happens."""
DUMP_SECONDS = 10.0
"""Between two dumps of the stacks at least."""

log = structlog.get_logger(__name__)


class LagWatch:
    """Measures ten times a second how late the loop is, and shows the worst of each second.

    A thread beside looks whether the loop is stuck, and then logs where every thread is.
    """

    def __init__(
        self,
        felt: Callable[[float], None],
        *,
        stuck_seconds: float = STUCK_SECONDS,
        dump_seconds: float = DUMP_SECONDS,
    ) -> None:
        """`felt` hears every sample, in seconds. `dump_seconds`: between two dumps at least."""
        self._felt = felt
        self._stuck = stuck_seconds
        self._dump = dump_seconds
        self._beat = time.monotonic()
        self._over = threading.Event()

    def late(self) -> float:
        """By how many seconds the loop is late with the sample that is due."""
        return max(0.0, time.monotonic() - self._beat - PACE)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Measure, inside."""
        self._beat = time.monotonic()
        measuring = asyncio.create_task(self._measure())
        threading.Thread(target=self._guard, name="watchdog", daemon=True).start()
        try:
            yield
        finally:
            self._over.set()
            measuring.cancel()
            with suppress(asyncio.CancelledError):
                await measuring

    async def _measure(self) -> None:
        while True:
            worst = 0.0
            for _ in range(WINDOW):
                await asyncio.sleep(PACE)
                now = time.monotonic()
                lag, self._beat = max(0.0, now - self._beat - PACE), now
                worst = max(worst, lag)
                self._felt(lag)
            LOOP_LAG.set(worst)

    def _guard(self) -> None:
        looked, dumped = time.monotonic(), float("-inf")
        while not self._over.wait(self._stuck * LOOKS):
            now = time.monotonic()
            late, was_stopped = self.late(), now - looked > self._stuck
            looked = now
            # Where this thread did not run either, the process was stopped, and no code is to blame.
            if late > self._stuck and not was_stopped and now - dumped > self._dump:
                dumped = now
                log.warning("loop_stuck", seconds=round(late, 2), stacks=stacks())


def stacks() -> dict[str, list[str]]:
    """Where each thread is, the innermost call last: files, lines and names, and no values."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return {
        f"{names.get(ident, '?')} {ident}": [
            f"{it.filename}:{it.lineno} {it.name}" for it in traceback.extract_stack(frame)
        ]
        for ident, frame in sys._current_frames().items()  # noqa: SLF001 - the documented way
    }
