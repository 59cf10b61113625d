"""The goodbye of a server that stops: spread over some seconds, so that clients come back one by one."""

import asyncio
import random
from collections.abc import Iterable
from contextlib import suppress

from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.connections import Connection, Farewell

SHARE = 0.4
"""Of the time to stop, what the goodbyes may take."""
GENTLE_PER_SECOND = 200
"""Fewer connections than this a second need no more spreading."""
FINISH_SECONDS = 2.0
"""What a connection's commands get to finish."""


async def see_off(connections: Iterable[Connection], audience: Audience, seconds: float) -> None:
    """Close all connections within the seconds, each after its commands are done."""
    leaving = list(connections)
    spread = min(seconds * SHARE, len(leaving) / GENTLE_PER_SECOND)
    await asyncio.gather(*(_see_off(it, audience, spread) for it in leaving))
    # Those who were about to arrive.
    await asyncio.gather(*(_see_off(it, audience, 0) for it in connections))


async def _see_off(connection: Connection, audience: Audience, spread: float) -> None:
    await asyncio.sleep(random.uniform(0, spread))  # noqa: S311 - no secret
    with suppress(TimeoutError):
        await asyncio.wait_for(connection.turns.finish(), min(FINISH_SECONDS, spread + 1))
    after_ms = 1000 + int(1000 * random.uniform(0, spread))  # noqa: S311
    await audience.dismiss(connection, Farewell("going_away", after_ms=after_ms))
