"""Loops whose clock stands still while something can be done, and jumps to the next timer when nothing can.

What takes an hour takes a moment, and nothing depends on the machine. (PyPI `looptime` does as much for
one test; what it does not do is choose among the tasks that are ready, and stop at a given step.)
"""

# ruff: noqa: SLF001 - asyncio has no public way to take over a turn of its loop

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop of the standard library with a clock of its own. One turn can be made at a time."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__()

    def time(self) -> float:
        """The virtual time in seconds."""
        return self.now

    def _run_once(self) -> None:
        inner: Any = self
        if not inner._ready and inner._scheduled and not inner._selector.select(0):
            self.now = max(self.now, inner._scheduled[0].when())
        inner_run: Callable[[], None] = super()._run_once  # type: ignore[attr-defined]
        inner_run()

    # --- by hand --------------------------------------------------------------------------------

    @contextmanager
    def within(self) -> Iterator[None]:
        """Call what asks for the running loop, between two turns."""
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)

    def turn(self) -> None:
        """Make one turn: all that is ready now, and nothing that it leads to."""
        self.call_soon(self.stop)
        self.run_forever()

    def settle(self) -> None:
        """Make turns until nothing is ready; timers wait."""
        inner: Any = self
        while inner._ready:
            self.turn()

    def timers(self) -> int:
        """How many are set."""
        inner: Any = self
        return sum(not handle.cancelled() for handle in inner._scheduled)

    def advance(self, seconds: float) -> None:
        """Let time pass, with all that is due in it at its own moment."""
        self.run_until_complete(asyncio.sleep(seconds))
        self.settle()


def run(work: Coroutine[Any, Any, T]) -> T:
    """What `asyncio.run` does, in no time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


class Stuck(Exception):
    """Nothing is ready and no timer is set: whoever waits would wait for ever."""


class SeededLoop(VirtualLoop):
    """A loop without files and threads, in which chance decides who of several ready tasks goes first.

    asyncio calls callbacks in the order in which they were given, and programs may count on it; which
    of several woken tasks is first they may not. So tasks that stand next to each other are shuffled,
    and a callback between them stays where it is.
    """

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.steps = 0
        """How many callbacks and steps of tasks were run."""
        self.interruptions: dict[int, Callable[[], object]] = {}
        """What is called before the step of that number."""
        super().__init__()

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:
        """There is one thread."""
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """Call it here, in a step of its own: there is one thread."""
        del executor
        future = self.create_future()

        def call() -> None:
            try:
                result = func(*args)
            except Exception as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        self.call_soon(call)
        return future

    def forget(self, of: Callable[[Context], bool]) -> None:
        """Call no more what was to be called in such contexts; tasks are not concerned."""
        inner: Any = self
        for handle in [*inner._ready, *inner._scheduled]:
            if not is_step(handle) and of(handle._context):
                handle.cancel()

    def _run_once(self) -> None:
        inner: Any = self
        ready = inner._ready
        self._wake(ready, inner._scheduled)
        if not ready:
            raise Stuck
        shuffled = _shuffled(list(ready), self._chance)
        ready.clear()
        ready.extend(shuffled)
        for _ in shuffled:
            self._step(ready.popleft())

    def _step(self, handle: Any) -> None:
        if handle._cancelled:
            return
        interruption = self.interruptions.pop(self.steps, None)
        if interruption is not None:
            interruption()
        self.steps += 1
        if not handle._cancelled:
            handle._run()

    def _wake(self, ready: Any, scheduled: list[Any]) -> None:
        """Make the timers that are due ready; if there is nothing else, go to the next one."""
        while scheduled and scheduled[0]._cancelled:
            heapq.heappop(scheduled)._scheduled = False
        if scheduled and not ready:
            self.now = max(self.now, scheduled[0].when())
        while scheduled and scheduled[0].when() <= self.now:
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            if not handle._cancelled:
                ready.append(handle)


def is_step(handle: Any) -> bool:
    """Whether a handle is a task's step, rather than a callback."""
    return isinstance(getattr(handle._callback, "__self__", None), asyncio.Task)


def _shuffled(handles: list[Any], chance: Random) -> list[Any]:
    """The handles, with the steps of tasks in another order wherever several stand together."""
    shuffled: list[Any] = []
    together: list[Any] = []
    for handle in handles:
        if is_step(handle):
            together.append(handle)
            continue
        shuffled += _drawn(together, chance)
        together = []
        shuffled.append(handle)
    return shuffled + _drawn(together, chance)


def _drawn(handles: list[Any], chance: Random) -> list[Any]:
    if len(handles) > 1:
        chance.shuffle(handles)
    return handles
