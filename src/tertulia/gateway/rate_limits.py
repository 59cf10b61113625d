"""How much one person, or one address without an account, may ask at once and after that."""

import time
from collections.abc import Callable

from tertulia.kernel.actor import Actor
from tertulia.kernel.addresses import address_key
from tertulia.kernel.buckets import Buckets
from tertulia.kernel.errors import RateLimited
from tertulia.kernel.limits import Limits


def payer(actor: Actor) -> str:
    """Whose limit a request counts against: the person's; of guests and strangers the address's."""
    if actor.kind in {"guest", "nobody"}:
        return f"address:{address_key(actor.address)}"
    return actor.id


class RateLimits:
    """The same buckets for HTTP and sockets, so that no door is the cheaper one."""

    def __init__(
        self, limits: Limits, *, on: bool = True, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._on = on
        self._now = now
        self._calls = Buckets(per_second=limits.calls_per_second, burst=limits.calls_burst)
        self._sends = Buckets(per_second=limits.sends_per_second, burst=limits.sends_burst)
        self._refusals = Buckets(
            per_second=limits.calls_per_second / 2, burst=max(1, limits.calls_burst / 2)
        )

    def check(self, actor: Actor, *, send: bool = False) -> None:
        """Count a call, and a send where it is one. `RateLimited` with the seconds to wait."""
        if not self._on:
            return
        wait = self._calls.take(payer(actor), self._now())
        if not wait and send:
            wait = self._sends.take(payer(actor), self._now())
        if wait:
            raise RateLimited(retry_after=wait)

    def is_flood(self, connection_id: str) -> bool:
        """Count a refusal; whether this connection goes on and on although it is refused."""
        return self._refusals.take(connection_id, self._now()) > 0
