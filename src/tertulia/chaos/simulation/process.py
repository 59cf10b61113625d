"""The server in one life: the whole house on a file, from its start to its end or its death."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from pathlib import Path
from random import Random
from typing import Any

from tertulia.chaos.simulation.chance import VirtualClock
from tertulia.chaos.simulation.network import Line
from tertulia.chaos.simulation.virtual_time import SeededLoop
from tertulia.gateway import EdgeSettings, Gateway
from tertulia.kernel.limits import Limits
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.db.inline import InlineDatabase
from tertulia.kit.service import Policy
from tertulia.runtime.house import House
from tertulia.runtime.services import NAMES, edges, wirings

SETUP_CODE = "simulated"
WRITE_SECONDS = 0.002
"""What a commit and a read take, on average."""

_process: ContextVar["Process | None"] = ContextVar("process", default=None)


class Killed(BaseException):
    """Unwinds the step in which a process died; nothing catches it."""


class Process:
    """Services and gateway that run, with all their tasks; `kill` ends them as kill -9 does."""

    def __init__(self, file: Path, loop: SeededLoop, chance: Random) -> None:
        self._loop = loop
        self._context = copy_context()
        self._context.run(_process.set, self)
        self._tasks: list[asyncio.Task[Any]] = []
        self._lines: list[Line] = []
        self.alive = True
        self.died = asyncio.Event()
        self.gone: Callable[[], object] = lambda: None
        """Called in the step in which it dies."""
        self.defects: list[str] = []
        """What the application raised at the web server."""
        limits = Limits()
        self.database = InlineDatabase(file, seconds=lambda: chance.expovariate(1 / WRITE_SECONDS))
        self.bus = LocalBus()
        self._make: Callable[[], tuple[House, Gateway]] = lambda: self._build(limits)
        self._house: House | None = None
        self._gateway: Gateway | None = None

    def _build(self, limits: Limits) -> tuple[House, Gateway]:
        house = House(
            wirings(NAMES),
            database=lambda _: self.database,
            bus=self.bus,
            clock=VirtualClock(self._loop.time),
            limits=limits,
            policy=Policy(setup_code=SETUP_CODE),
            rate_limits=False,
        )
        settings = EdgeSettings(rate_limits=False, web_app=None)
        return house, Gateway(bus=self.bus, edges=edges(), settings=settings, limits=limits)

    # --- its life -------------------------------------------------------------------------------

    def start(self) -> asyncio.Task[None]:
        """Begin to serve: the task that does is cancelled when the process dies before."""
        return self.spawn(self._start())

    async def stop(self) -> None:
        """End in good order."""
        await self.spawn(self._stop())
        self._tasks.clear()

    def kill(self) -> None:
        """Die now: not one step more, but for tasks that unwind with nothing left to reach.

        What was committed stays in the file; what clients were sent still arrives, or not.
        """
        if not self.alive:
            return
        self.alive = False
        for line in self._lines:
            line.cut()
        self.database.abandon()
        self._loop.forget(lambda context: context.get(_process) is self)
        for task in self._tasks:
            task.cancel()
        self.gone()
        self.died.set()

    async def _start(self) -> None:
        self.database.start()
        self._house, self._gateway = self._make()
        await self._house.start()
        await self._gateway.start()

    async def _stop(self) -> None:
        if self._gateway is not None:
            await self._gateway.goodbye(0)
        if self._house is not None:
            await self._house.stop()
        await self.database.stop()
        self.alive = False

    # --- its tasks ------------------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do something in this process."""
        return self._loop.create_task(work, context=self._context.copy())

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """A task is of this process."""
        self._tasks.append(task)

    async def settled(self) -> None:
        """Wait until everything committed has been heard, and all durable reactions are done."""
        if self._house is not None:
            await self._house.consumed()

    # --- its port -------------------------------------------------------------------------------

    def serve(self, scope: dict[str, Any], line: Line) -> None:
        """Answer one ASGI scope, as a web server does."""
        self._lines.append(line)
        self.spawn(self._answer(scope, line))

    async def _answer(self, scope: dict[str, Any], line: Line) -> None:
        try:
            if self._gateway is not None:
                await self._gateway.app(scope, line.app_receive, line.app_send)
        except Exception as error:
            if self.alive and not isinstance(error, OSError):
                self.defects.append(f"raised {error!r}")
        finally:
            line.close()
            with suppress(ValueError):
                self._lines.remove(line)


def current_process() -> Process | None:
    """The process whose code runs now; None in clients."""
    return _process.get()


def adopting(
    loop: asyncio.AbstractEventLoop, work: Any, context: Context | None = None
) -> asyncio.Task[Any]:
    """A task factory: every task belongs to the process in whose context it is made."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context)
    process = current_process() if context is None else context.get(_process)
    if process is not None:
        process.adopt(task)
    return task
