"""How long to wait: full jitter, as the server says in `gateway.ready.reconnect`."""

import random
from collections.abc import Callable

from tertulia.client.models import Reconnect


def compute_delay(
    attempt: int,
    reconnect: Reconnect,
    *,
    at_least_ms: int | None = None,
    draw: Callable[[float, float], float] = random.uniform,
) -> float:
    """Return the seconds to wait before attempt number `attempt`, the first being 0.

    The wait is random between 0 and `base_ms * 2^attempt`, never above `max_ms`, and begins after
    what the server asked for (`at_least_ms`): nobody comes earlier, and not everybody at once.
    """
    ceiling = min(reconnect.max_ms, reconnect.base_ms * 2 ** min(attempt, 32))
    return ((at_least_ms or 0) + draw(0, ceiling)) / 1000
