"""Starting coroutines at once: what never waits costs no task and no turn of the loop."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextvars import Context, copy_context
from typing import Any
from weakref import WeakKeyDictionary, ref

Work = Coroutine[Any, Any, Any]
Done = Callable[[Any, BaseException | None], None]
"""Told the result, or the exception."""


def start(work: Work, done: Done) -> None:
    """Run a coroutine up to its first wait now, the rest as a task; `done` hears how it ended.

    The coroutine has one current task from its first step to its last, and a context of its own. When it
    never waits, `done` is called before this returns.
    """
    _start(work, done)


def spare() -> Sequence[Work]:
    """What the tasks run that wait to be used again, in all loops: in each at most as many as starts were nested.

    They are kept and are no work under way. Python 3.12 and newer need none.
    """
    return _spare()


if sys.version_info >= (3, 12):
    _running: set[asyncio.Task[Any]] = set()

    def _start(work: Work, done: Done) -> None:
        loop = asyncio.get_running_loop()
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, eager_start=True)
        if task.done():
            _tell(task, done)
            return
        _running.add(task)
        task.add_done_callback(_running.discard)
        task.add_done_callback(lambda ended: _tell(ended, done))

    def _tell(task: asyncio.Task[Any], done: Done) -> None:
        if task.cancelled():
            done(None, asyncio.CancelledError())
        else:
            error = task.exception()
            done(None if error else task.result(), error)

    def _spare() -> Sequence[Work]:
        return ()

else:
    from asyncio.tasks import _enter_task as enter_task
    from asyncio.tasks import _leave_task as leave_task

    _busy: set["_Worker"] = set()
    """Workers whose work waits: the loop alone would not keep them."""

    _NOTHING: Any = object()

    class _Idle(list["_Worker"]):
        """The workers of one loop that have nothing to do."""

    _idle: WeakKeyDictionary[asyncio.AbstractEventLoop, _Idle] = WeakKeyDictionary()
    _latest: tuple[Callable[[], Any], _Idle] = (lambda: None, _Idle())
    """The loop of the latest start, and its workers: a look-up less each time."""

    def _idle_in(loop: asyncio.AbstractEventLoop) -> _Idle:
        global _latest  # noqa: PLW0603
        if _latest[0]() is not loop:
            _latest = (ref(loop), _idle.setdefault(loop, _Idle()))
        return _latest[1]

    def _spare() -> Sequence[Work]:
        return [worker for workers in list(_idle.values()) for worker in list(workers)]

    def _start(work: Work, done: Done) -> None:
        loop = asyncio.get_running_loop()
        worker = _worker(loop, copy_context())
        outer = asyncio.current_task(loop)
        if outer is not None:
            leave_task(loop, outer)
        try:
            worker.step(loop, work, done)
        finally:
            if outer is not None:
                enter_task(loop, outer)

    def _worker(loop: asyncio.AbstractEventLoop, context: Context) -> "_Worker":
        idle = _idle_in(loop)
        if idle:
            worker = idle.pop()
            if worker.fits(context):
                return worker
            worker.retire()
        return _Worker(loop, context, idle)

    class _Worker(Coroutine[Any, Any, None]):
        """What a task runs that waits for work, whose first step is made in its name.

        Python 3.11 has no eager tasks; `_enter_task` and `_leave_task` are what it documents for tasks of
        third parties ("Extending asyncio"). This is a coroutine by hand, because a task that is cancelled
        before its first turn throws that into it, and the work has to hear of it all the same.
        """

        __slots__ = (
            "_begun",
            "_context",
            "_done",
            "_idle",
            "_origin",
            "_task",
            "_waited",
            "_work",
        )

        def __init__(self, loop: asyncio.AbstractEventLoop, origin: Context, idle: _Idle) -> None:
            self._origin = origin
            self._context = origin.copy()
            self._idle = idle
            self._begun: asyncio.Future[None] = loop.create_future()
            self._work: Work | None = None
            self._done: Done | None = None
            self._waited: Any = _NOTHING
            """For what the first step waits, until the task knows it."""
            self._task = loop.create_task(self, context=self._context)

        def fits(self, context: Context) -> bool:
            """Whether work that starts in this context may be done here."""
            return not self._task.cancelling() and self._origin == context

        def retire(self) -> None:
            """Wait for no more work."""
            self._task.cancel()

        def step(self, loop: asyncio.AbstractEventLoop, work: Work, done: Done) -> None:
            """Make the first step. When that was all, wait for the next work."""
            enter_task(loop, self._task)
            try:
                waited = self._context.run(work.send, None)
            except StopIteration as end:
                result, error = end.value, None
            except BaseException as failure:
                result, error = None, failure
            else:
                self._work, self._done, self._waited = work, done, waited
                _busy.add(self)
                if not self._begun.done():
                    self._begun.set_result(None)
                return
            finally:
                leave_task(loop, self._task)
            if self._task.cancelling() and error is None:
                result, error = None, asyncio.CancelledError()
            if self.fits(self._context):
                self._idle.append(self)
            else:
                self.retire()
            done(result, error)

        # --- as its task runs it ----------------------------------------------------------------

        def send(self, value: Any, /) -> Any:
            """Go on: wait for work, for what its first step waits for, then make its other steps."""
            if self._work is None:
                return next(self._begun.__await__())
            if self._waited is not _NOTHING:
                waited, self._waited = self._waited, _NOTHING
                return waited
            return self._go_on(self._work.send, value)

        def throw(self, error: Any, /, *_: Any) -> Any:
            """What was waited for has failed, or the task is cancelled."""
            if self._work is None:
                if self in self._idle:
                    self._idle.remove(self)
                raise error
            waited, self._waited = self._waited, _NOTHING
            if waited is not _NOTHING and waited is not None and waited.cancel():
                return waited
            return self._go_on(self._work.throw, error)

        def _go_on(self, step: Callable[[Any], Any], given: Any) -> Any:
            try:
                return step(given)
            except StopIteration as end:
                result, error = end.value, None
            except BaseException as failure:
                result, error = None, failure
            _busy.discard(self)
            done, self._done, self._work = self._done, None, None
            del self._task  # which holds its coroutine: no garbage that only the collector finds
            if done is not None:
                done(result, error)
            raise StopIteration

        def close(self) -> None:
            """Give the work up."""
            _busy.discard(self)
            if self._work is not None:
                self._work.close()

        def __await__(self) -> Generator[Any, Any, None]:
            raise NotImplementedError("only a task runs it")
