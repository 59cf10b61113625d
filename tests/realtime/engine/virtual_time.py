"""A loop whose clock stands still while something can be done, and jumps to the next timer when nothing can.

What takes a minute takes a moment, and nothing depends on the machine. One turn of the loop can be made at
a time.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop of the standard library with a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__()

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        inner: Any = self
        if not inner._ready and inner._scheduled:
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
