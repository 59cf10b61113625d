"""What is refused while there is more to do than can be done: the least needed first, sends last.

Two things tell: how late the loop is, and how long changes have to wait until they are written, answered and
told. Refusing early keeps what is accepted quick, and the work of those who gave up is never done.

Classes are refused by the lag of the latest samples. Beside that requests are weighed one by one, by what
they would have to wait: what a turn of the loop comes to late has waited for as long already, and what came
during a long turn has waited for its end. So a turn that lasts refuses the rest, the next one refuses what it
finds, which is soon done, and the one after that finds what has just come.
"""

import random
from collections import deque
from collections.abc import Callable, Mapping

from tertulia.kernel.errors import Overloaded
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Work
from tertulia.kit import metrics

CALM = 10
"""Samples below half of its bound after which a class is taken on again."""
RETRY_SECONDS = 1.0
WAIT_SHARES: Mapping[Work, float] = {
    "ephemeral": 1 / 2,
    "optional": 2 / 3,
    "boot": 3 / 4,
    "read": 9 / 10,
    "send": 1,
}
"""Of the wait above which changes are refused, what each class may have to wait. Every class that has
commands is here: sign-ins and registrations are written too."""


class Load:
    """How much there is to do in this process, and what it therefore refuses."""

    def __init__(self, limits: Limits, *, change_wait: Callable[[], float] = lambda: 0.0) -> None:
        """`change_wait`: the seconds until a change that comes now is written, and told."""
        self._bounds = _bounds(limits)
        self._most_wait = {
            work: share * limits.send_wait_seconds for work, share in WAIT_SHARES.items()
        }
        self._change_wait = change_wait
        self.answer_wait: Callable[[], float] = lambda: 0.0
        """The seconds until a change that comes now over a socket is answered."""
        self.late: Callable[[], float] = lambda: 0.0
        """The seconds by which the loop is late at this moment."""
        self._samples: deque[float] = deque([0.0], maxlen=CALM)
        self._shed: frozenset[Work] = frozenset()
        self._wait = 0.0
        self._refused = {work: metrics.SHED.labels(work) for work in self._bounds}
        self.lag = 0.0
        """By how many seconds the loop is late, and was at the sample before: one pause is no load."""
        self.felt: Callable[[], None] = lambda: None
        """Told after every sample."""

    @property
    def is_high(self) -> bool:
        """Whether anything may have to be refused until the next sample."""
        return bool(self._shed) or self._wait > 0

    def feel(self, lag: float) -> None:
        """Hear the next sample of the loop's lag, in seconds; there are ten a second."""
        self.lag = min(lag, self._samples[-1])
        self._samples.append(lag)
        self._wait = self._queued()
        lately = max(self._samples)
        self._shed = frozenset(
            work
            for work, bound in self._bounds.items()
            if self.lag > bound or (work in self._shed and lately > bound / 2)
        )
        self.felt()

    def sheds(self, work: Work) -> bool:
        """Whether such work is refused now."""
        if work in self._shed:
            return True
        most = self._most_wait.get(work)
        if most is None or not self.is_high:
            return False
        late = max(self._samples[-1], self.late())
        if work == "read":  # which the writer does not hold up
            return late > most
        self._wait = self._queued() + late
        return self._wait > most

    def _queued(self) -> float:
        """The longest of the waits that stand before a change, which overlap: they are not added."""
        return max(self._change_wait(), self.answer_wait())

    def check(self, work: Work) -> None:
        """Raise `Overloaded` where such work is refused now; it says when to try again."""
        if self.sheds(work):
            raise Overloaded(retry_after=self.refuse(work))

    def refuse(self, work: Work) -> float:
        """Count a refusal: the seconds after which to try again. Not all are to come back at once."""
        self._refused[work].inc()
        wait = max(RETRY_SECONDS, self.lag, self._wait)
        return wait * (1 + random.random())  # noqa: S311 - no secret

    def share(self) -> float:
        """Of the handshakes that are let in otherwise, how many now: the later the loop, the fewer."""
        bound = self._bounds["ephemeral"]
        return 1.0 if self.lag <= bound else bound / self.lag


def _bounds(limits: Limits) -> Mapping[Work, float]:
    """The lag in seconds above which each class is refused."""
    return {
        "ephemeral": limits.lag_ephemeral_seconds,
        "optional": limits.lag_optional_seconds,
        "boot": limits.lag_boot_seconds,
        "read": limits.lag_read_seconds,
        "resume": limits.lag_send_seconds,
        "send": limits.lag_send_seconds,
    }
