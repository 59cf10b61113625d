"""Who is let in when many come at once: a bucket of handshakes, part of it kept for those who come back."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable

from tertulia.realtime.engine.handshake import TOO_MANY, Refused, Request, busy
from tertulia.realtime.engine.limits import Limits

MOST_WAITING = 1024
"""In a line; then the oldest is refused."""


class Bucket:
    """A token bucket: so many a second, and a second's worth at once."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens", "share")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = max(burst, 1.0)
        self._tokens = self._burst
        self._at = now
        self.share = 1.0
        """Of the rate, what is given out for now."""

    def take(self, now: float, *, leaving: float = 0.0) -> bool:
        """Take a token if that many are left afterwards."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._flow)
        self._at = now
        if self._tokens < 1.0 + leaving:
            return False
        self._tokens -= 1.0
        return True

    def interval(self) -> float:
        """Seconds from one token to the next."""
        return 1 / self._flow

    def seconds(self) -> float:
        """Until the bucket is full again: when to come back."""
        return (self._burst - self._tokens) / self._flow

    @property
    def _flow(self) -> float:
        return self._rate * self.share


class Admission:
    """Refuses handshakes above a rate, and connections above a number per address.

    A client that says that it comes back (`resume` in the query) may take the last tokens, and waits in a
    line of its own, which goes first. Who finds no token waits for at most `admission_seconds`, and the
    latest to come is the first to go: whoever has waited long has likely given up.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        rate = limits.handshakes_per_second or 0.0
        self._bucket: Bucket | None = None
        self._returning = _Line(0.0)
        self._fresh = _Line(min(rate * limits.resume_share, max(rate - 1.0, 0.0)))
        self._timer: asyncio.TimerHandle | None = None
        self._open: Counter[str] = Counter()
        self.address_of: Callable[[Request], str | None] = address_of
        """Whom a request is counted for; `None` is not counted."""

    def slow_down(self, share: float) -> None:
        """Give out this share of the handshakes for now: more than 0, and 1 for all of them."""
        if self._bucket is not None:
            self._bucket.share = share

    def number(self, address: str) -> int:
        """How many connections an address has."""
        return self._open[address]

    def check(self, request: Request) -> None:
        """Raise `Refused` for an address that has as many connections as it may."""
        most = self._limits.connections_per_address
        if most is None:
            return
        address = self.address_of(request)
        if address is not None and self._open[address] >= most:
            raise Refused(TOO_MANY)

    def opened(self, request: Request) -> str | None:
        """Count a connection; give the answer to `closed`."""
        if self._limits.connections_per_address is None:
            return None
        address = self.address_of(request)
        if address is not None:
            self._open[address] += 1
        return address

    def closed(self, address: str | None) -> None:
        """A connection that was counted is gone."""
        if address is not None:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def admit(self, request: Request) -> None:
        """Return when a handshake may go on. Raises `Refused` when that would take too long."""
        rate = self._limits.handshakes_per_second
        if rate is None:
            return
        now = asyncio.get_running_loop().time()
        if self._bucket is None:
            self._bucket = Bucket(rate, rate, now)
        line = self._returning if "resume" in request.query else self._fresh
        if line.waiting or not self._bucket.take(now, leaving=line.leaves):
            await self._wait(self._bucket, line)
            self.check(request)

    async def _wait(self, bucket: Bucket, line: "_Line") -> None:
        if len(line.waiting) >= MOST_WAITING:
            _answer(line.waiting.popleft(), admitted=False)
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        self._set(bucket)
        try:
            async with asyncio.timeout(self._limits.admission_seconds):
                admitted = await turn
        except TimeoutError:
            admitted = False
        finally:
            if turn in line.waiting:
                line.waiting.remove(turn)
        if not admitted:
            raise Refused(busy(bucket.seconds()))

    def _set(self, bucket: Bucket) -> None:
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(bucket.interval(), self._call, bucket)

    def _call(self, bucket: Bucket) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for line in (self._returning, self._fresh):
            while line.waiting and bucket.take(now, leaving=line.leaves):
                _answer(line.waiting.pop(), admitted=True)
        if self._returning.waiting or self._fresh.waiting:
            self._set(bucket)


class _Line:
    """Handshakes that wait, and how many tokens they leave to others."""

    __slots__ = ("leaves", "waiting")

    def __init__(self, leaves: float) -> None:
        self.leaves = leaves
        self.waiting: deque[asyncio.Future[bool]] = deque()


def _answer(turn: asyncio.Future[bool], *, admitted: bool) -> None:
    if not turn.done():
        turn.set_result(admitted)


def address_of(request: Request) -> str:
    """Whom a request comes from."""
    client = request.scope.get("client")
    return str(client[0]) if client else ""
