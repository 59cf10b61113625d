"""How late the event loop is: the first sign that something blocks it."""

import asyncio

import structlog

from tertulia.kit.metrics import LOOP_LAG

PACE = 0.1
WINDOW = 10
ALARM_SECONDS = 1.0
log = structlog.get_logger(__name__)


async def watch_lag() -> None:
    """Measure for ever: ten times a second, and show the worst of each second."""
    loop = asyncio.get_running_loop()
    while True:
        worst = 0.0
        for _ in range(WINDOW):
            due = loop.time() + PACE
            await asyncio.sleep(PACE)
            worst = max(worst, loop.time() - due)
        LOOP_LAG.set(worst)
        if worst > ALARM_SECONDS:
            log.warning("loop_late", seconds=round(worst, 2))
