"""Publishing what was committed, in its order, and how far that has come."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from tertulia.kernel.messages import Event
from tertulia.kit.bus import Bus
from tertulia.kit.metrics import EVENTS, EVENTS_WAITING
from tertulia.kit.outbox.events import Entries

MANY = 256
"""Events that wait to be published: fewer are no jam, however long a listener takes over one of them."""


class Publisher:
    """The events of one log that wait to be told on the bus; `told` is called after each few."""

    def __init__(self, service: str, bus: Bus, told: Callable[[], object] = lambda: None) -> None:
        self._bus = bus
        self._notify = told
        self._waiting: deque[tuple[int, Event]] = deque()
        self._given: deque[tuple[int, float]] = deque()
        """When events were given, with the position of the last of each time."""
        self._bell = asyncio.Event()
        self._told = asyncio.Condition()
        self._count = EVENTS.labels(service)
        EVENTS_WAITING.labels(service).set_function(self._waiting.__len__)
        self.appended = 0
        """The last position that was given."""
        self.published = 0
        """The last position that was told."""

    @property
    def late(self) -> float:
        """For how many seconds the oldest event has waited to be published; 0 where there is no jam."""
        given = self._given
        while given and given[0][0] <= self.published:
            given.popleft()
        return time.monotonic() - given[0][1] if len(self._waiting) >= MANY else 0.0

    def push(self, entries: Entries) -> None:
        """Tell these next; what was given before is not told again."""
        fresh = [entry for entry in entries if entry[0] > self.appended]
        if fresh:
            self._waiting.extend(fresh)
            self.appended = fresh[-1][0]
            self._given.append((self.appended, time.monotonic()))
            self._bell.set()

    async def settled(self) -> None:
        """Wait until everything given so far has been published."""
        target = self.appended
        async with self._told:
            await self._told.wait_for(lambda: self.published >= target)

    async def run(self) -> None:
        """Publish what is given, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            while self._waiting:
                await self._publish_some(len(self._waiting))

    async def _publish_some(self, count: int) -> None:
        """Publish the first so many that wait. Who waits for any of them is told once, at the end."""
        for _ in range(count):
            position, event = self._waiting.popleft()
            await self._bus.publish(event)
            self.published = position
        self._count.inc(count)
        self._notify()
        async with self._told:
            self._told.notify_all()
