"""Starting coroutines at once: what never waits costs no task and no turn of the loop."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Generator
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

else:
    from asyncio.tasks import _enter_task as enter_task
    from asyncio.tasks import _leave_task as leave_task

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

    def _start(work: Work, done: Done) -> None:
        loop = asyncio.get_running_loop()
        context = copy_context()
        idle = _idle_in(loop)
        worker = idle.pop() if idle and idle[-1].fits(context) else _Worker(loop, context)
        outer = asyncio.current_task(loop)
        if outer is not None:
            leave_task(loop, outer)
        try:
            if worker.step(work, done):
                idle.append(worker)
        finally:
            if outer is not None:
                enter_task(loop, outer)

    class _Worker:
        """A task that waits for work whose first step is made in its name.

        Python 3.11 has no eager tasks; `_enter_task` and `_leave_task` are what it documents for tasks of
        third parties ("Extending asyncio").
        """

        __slots__ = ("_begun", "_context", "_done", "_loop", "_origin", "_task", "_waited", "_work")

        def __init__(self, loop: asyncio.AbstractEventLoop, origin: Context) -> None:
            self._loop = loop
            self._origin = origin
            self._context = origin.copy()
            self._begun: asyncio.Future[None] = loop.create_future()
            self._work: Work | None = None
            self._done: Done | None = None
            self._waited: Any = None
            self._task = loop.create_task(self._carry_on(), context=self._context)

        def fits(self, context: Context) -> bool:
            """Whether work that starts in this context may be done here."""
            return self._origin == context

        def step(self, work: Work, done: Done) -> bool:
            """Make the first step. True when that was all and the next work may come."""
            enter_task(self._loop, self._task)
            try:
                waited = self._context.run(work.send, None)
            except StopIteration as end:
                result, error = end.value, None
            except BaseException as failure:
                result, error = None, failure
            else:
                self._work, self._done, self._waited = work, done, waited
                self._begun.set_result(None)
                return False
            finally:
                leave_task(self._loop, self._task)
            done(result, error)
            if self._task.cancelling() or self._origin != self._context:
                self._task.cancel()
                return False
            return True

        async def _carry_on(self) -> None:
            cancelled = None
            try:
                await self._begun
            except asyncio.CancelledError as error:
                cancelled = error
            if self._work is None or self._done is None:
                return
            try:
                result = await _Rest(self._work, self._waited, cancelled)
            except BaseException as error:
                self._done(None, error)
            else:
                self._done(result, None)

    class _Rest:
        """The steps of a coroutine after its first, as its task makes them."""

        def __init__(
            self, work: Work, waited: Any, cancelled: asyncio.CancelledError | None
        ) -> None:
            self._work = work
            self._waited = waited
            self._cancelled = cancelled

        def __await__(self) -> Generator[Any, Any, Any]:
            waited, failure = self._waited, self._cancelled
            if failure is not None and waited is not None and waited.cancel():
                failure = None
            while True:
                sent = None
                if failure is None:
                    try:
                        sent = yield waited
                    except BaseException as error:
                        failure = error
                try:
                    if failure is None:
                        waited = self._work.send(sent)
                    else:
                        failure, thrown = None, failure
                        waited = self._work.throw(thrown)
                except StopIteration as end:
                    return end.value
