"""One seed instead of everything that is different each time: chance, the clock, and ids made of both."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from unittest.mock import patch
from zoneinfo import available_timezones

from tertulia.accounts import wiring as accounts
from tertulia.gateway import sessions
from tertulia.kernel import ids
from tertulia.kernel.clock import whole_milliseconds
from tertulia.realtime.engine import socket

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""When every simulation begins."""


class VirtualClock:
    """The time of day by a loop's time."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed

    def now(self) -> datetime:
        """See `Clock`."""
        return whole_milliseconds(BEGINNING + timedelta(seconds=self._elapsed()))

    def seconds(self) -> float:
        """See `Clock`."""
        return self._elapsed()


class InstantHasher:
    """Passwords in no time and without a thread: how they are hashed decides nothing here."""

    async def hash(self, password: str) -> str:
        """See `accounts.handlers.hashing`."""
        return f"plain:{password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password."""
        return password_hash == f"plain:{password}"

    def is_outdated(self, password_hash: str) -> bool:
        """Never."""
        del password_hash
        return False

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def seeded(seed: object, elapsed: Callable[[], float]) -> Iterator[None]:
    """Everything random comes from the seed, and every clock shows `elapsed()`, in seconds.

    For the whole process, which does nothing else meanwhile.
    """
    # Streams of their own: a library may ask the system for chance in its first run only.
    entropy, identities = Random(f"entropy {seed}"), Random(f"ids {seed}")  # noqa: S311
    state = random.getstate()
    random.seed(f"module {seed}")
    with ExitStack() as patches:
        for target, name, value in (
            (os, "urandom", entropy.randbytes),
            (random, "_urandom", entropy.randbytes),
            (time, "time_ns", lambda: _nanoseconds(elapsed())),
            (ids, "_last", 0),
            (ids, "_random", lambda: identities.getrandbits(62)),
            (socket, "CHANCE", Random(f"engine {seed}")),  # noqa: S311
            (accounts, "Hasher", InstantHasher),
            (accounts, "available_timezones", cache(available_timezones)),
        ):
            patches.enter_context(patch.object(target, name, value))
        patches.enter_context(
            patch.dict(sessions.Sessions.__init__.__kwdefaults__, {"now": elapsed})
        )
        try:
            yield
        finally:
            random.setstate(state)


def _nanoseconds(seconds: float) -> int:
    return int(BEGINNING.timestamp()) * 10**9 + int(seconds * 10**9)
