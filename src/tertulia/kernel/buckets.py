"""Token buckets: so many at once, so many a second after that, for each key. The caller brings the time."""

from collections.abc import Hashable
from dataclasses import dataclass

SWEEP = 1024
"""Keys after which those that are full again are forgotten."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    moment: float


class Buckets:
    """A bucket for each key, all of one size. A refusal costs nothing, so nobody is locked out."""

    def __init__(self, *, per_second: float, burst: float) -> None:
        """`burst` tokens fit in; `per_second` flow back. `ValueError` where nothing would pass."""
        if per_second <= 0 or burst < 1:
            raise ValueError("a rate lets something pass: more than 0 a second, at least 1 at once")
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[Hashable, _Bucket] = {}
        self._sweep_at = SWEEP

    def take(self, key: Hashable, now: float) -> float:
        """Take a token: 0.0, or how many seconds to wait until there is one. `now` is in seconds."""
        bucket = self._buckets.get(key)
        if bucket is None:
            self._sweep(now)
            bucket = self._buckets[key] = _Bucket(self._burst, now)
        bucket.tokens, bucket.moment = self._level(bucket, now), now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._per_second
        bucket.tokens -= 1
        return 0.0

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._buckets)

    def _level(self, bucket: _Bucket, now: float) -> float:
        passed = max(0.0, now - bucket.moment)
        return min(self._burst, bucket.tokens + passed * self._per_second)

    def _sweep(self, now: float) -> None:
        if len(self._buckets) < self._sweep_at:
            return
        self._buckets = {
            key: bucket
            for key, bucket in self._buckets.items()
            if self._level(bucket, now) < self._burst
        }
        self._sweep_at = max(SWEEP, 2 * len(self._buckets))
