"""Argon2id (RFC 9106) off the event loop, in a pool that refuses what it cannot do soon."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tertulia.accounts.rules.passwords import prepared
from tertulia.kernel.errors import Overloaded

R = TypeVar("R")

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""The OWASP minimum for argon2id: some 30 ms a password on a small machine."""
WORKERS = max(1, min(4, (os.cpu_count() or 2) - 1))
"""Sign-ins never take the last core."""
WAITING = 64
"""Passwords that may wait for a worker: two seconds' worth."""


class Hasher:
    """Hashes and verifies passwords. `Overloaded` when as many wait as may."""

    def __init__(self, *, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._argon2 = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._nobody = self._argon2.hash(os.urandom(16).hex())
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._places = threading.BoundedSemaphore(workers + waiting)

    async def hash(self, password: str) -> str:
        """What is stored of a password, parameters and salt included."""
        return await self._run(self._argon2.hash, prepared(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; takes as long where there is none."""
        found = await self._run(self._verify, password_hash or self._nobody, prepared(password))
        return found and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Let the workers go."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, act: Callable[..., R], *arguments: Any) -> R:
        if not self._places.acquire(blocking=False):
            raise Overloaded(retry_after=1)
        future = self._pool.submit(act, *arguments)
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def _leave(self, _future: Future[Any]) -> None:
        self._places.release()
