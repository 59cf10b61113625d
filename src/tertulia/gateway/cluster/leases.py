"""Whether this gateway may tell anything: only while it holds a lease of every owner.

Source: Gray and Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache
Consistency" (1989).
"""

import asyncio
import time
from collections.abc import Callable, Iterable

import structlog

from tertulia.kernel.errors import Unavailable
from tertulia.kit import metrics

RETRY_SECONDS = 1.0
"""After these it is worth asking again a gateway that is paused."""
NEVER = float("-inf")

log = structlog.get_logger(__name__)


class Leases:
    """Those of all owners together. Without one of them the gateway is paused."""

    def __init__(self, owners: Iterable[str], *, now: Callable[[], float] = time.monotonic) -> None:
        """`now` runs on while the process stands still, and within a turn of the loop."""
        self.now = now
        self.term = 0
        """Another one after each pause."""
        self.began: Callable[[], object] = lambda: None
        """Told when a pause is noticed, which is before anybody is refused for it."""
        self.ended: Callable[[], None] = lambda: None
        """Told when a pause is over."""
        self._until = dict.fromkeys(owners, NEVER)
        self._held_until = NEVER
        self._is_paused = True
        self._resumed = asyncio.Event()
        self._expiry: asyncio.TimerHandle | None = None

    def is_held(self) -> bool:
        """Whether anything may be told now."""
        return self.now() < self._held_until

    def is_lost(self) -> bool:
        """The opposite: what the engine looks at before it writes."""
        return self.now() >= self._held_until

    def check(self, term: int | None = None) -> int:
        """The term that is. `Unavailable` in a pause, or where there was one since another term."""
        if self.is_lost():
            self._pause()
        if self._is_paused or term not in {None, self.term}:
            raise Unavailable("This gateway has lost the services.", retry_after=RETRY_SECONDS)
        return self.term

    async def held(self) -> None:
        """Wait until all leases are held."""
        while self.is_lost():
            self._resumed.clear()
            await self._resumed.wait()

    def renew(self, owner: str, until: float) -> None:
        """The lease of an owner is good until then."""
        if self.is_lost():
            self._pause()  # it may have ended unseen, while the process stood still
        self._until[owner] = max(until, self._until[owner])
        self._held_until = min(self._until.values())
        if self._is_paused and self.is_held():
            self._resume()
        self._await_expiry()

    def give_up(self) -> None:
        """Tell nothing from now on."""
        self._until = dict.fromkeys(self._until, NEVER)
        self._held_until = NEVER
        if self._expiry is not None:
            self._expiry.cancel()

    def _pause(self) -> None:
        if self._is_paused:
            return
        self._is_paused = True
        self.term += 1
        self.began()
        metrics.PAUSES.inc()
        now = self.now()
        log.warning("paused", owners=[it for it, until in self._until.items() if until <= now])

    def _resume(self) -> None:
        self._is_paused = False
        log.info("resumed")
        self._resumed.set()
        self.ended()

    def _await_expiry(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        loop = asyncio.get_running_loop()
        seconds = max(0.0, self._held_until - self.now())
        self._expiry = None if self._is_paused else loop.call_later(seconds, self._expire)

    def _expire(self) -> None:
        if self.is_lost():
            self._pause()
        else:
            self._await_expiry()
