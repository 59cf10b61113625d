"""Deadlines of one length: who begins first is due first, so one timer of the loop serves them all."""

import asyncio
from collections import deque
from types import TracebackType

from tertulia.kernel.errors import DeadlinePassed


class Deadlines:
    """The deadlines of what is under way. `asyncio.timeout` would set and drop a timer for each."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun: deque[Deadline] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.over = 0
        """How many were, up to the earliest that is not."""

    def __len__(self) -> int:
        """How many have begun since the earliest that is not over."""
        return len(self._begun)

    def oldest(self, now: float) -> float:
        """For how many seconds, at this time of the loop, the earliest has been under way; 0 if there is none."""
        return now - self._begun[0].due_at + self._seconds if self._begun else 0.0

    def begin(self) -> "Deadline":
        """Give the current task so many seconds for what it does inside: `with deadlines.begin(): …`."""
        loop = asyncio.get_running_loop()
        deadline = Deadline(self, loop.time() + self._seconds, asyncio.current_task(loop))
        self._begun.append(deadline)
        if self._timer is None:
            self._timer = loop.call_at(deadline.due_at, self._look)
        return deadline

    def tidy(self) -> None:
        """Forget the earliest that are over."""
        begun = self._begun
        while begun and begun[0].task is None:
            begun.popleft()
            self.over += 1

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while self._begun and self._begun[0].due_at <= loop.time():
            self._begun.popleft().pass_by()
            self.over += 1
        self.tidy()
        first = self._begun[0] if self._begun else None
        self._timer = None if first is None else loop.call_at(first.due_at, self._look)


class Deadline:
    """One deadline. When it passes the task is cancelled, and `DeadlinePassed` comes out of the block."""

    __slots__ = ("_cancelling", "_deadlines", "_passed", "due_at", "task")

    def __init__(
        self, deadlines: Deadlines, due_at: float, task: "asyncio.Task[object] | None"
    ) -> None:
        self._deadlines = deadlines
        self._cancelling = 0 if task is None else task.cancelling()
        self._passed = False
        self.due_at = due_at
        self.task = task

    def pass_by(self) -> None:
        """It is due: whoever is not done yet is cancelled."""
        if self.task is not None:
            self._passed = True
            self.task.cancel()

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Done in time, or not: a cancellation by somebody else stays what it is."""
        task, self.task = self.task, None
        self._deadlines.tidy()
        if not self._passed or task is None:
            return
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise DeadlinePassed from error
