"""What holds a database's writer, so that calls gather behind it."""

import asyncio
import threading

from tertulia.kernel.actor import SYSTEM
from tertulia.kit.db import each
from tertulia.kit.db.inline import InlineDatabase


class ThreadGate:
    """Holds the writer's thread, so that calls gather behind it."""

    def __init__(self, database):
        self._open = threading.Event()
        self._reached = threading.Event()
        self.held = asyncio.ensure_future(database.write(each(self._wait), None, SYSTEM))

    def _wait(self, _connection, _request, _actor):
        self._reached.set()
        self._open.wait(10)

    async def reached(self):
        await asyncio.to_thread(self._reached.wait, 10)

    async def release(self):
        self._open.set()
        await self.held


class InlineGate:
    """Stands for a batch that takes its time."""

    def __init__(self, database):
        self._database = database

    async def reached(self):
        self._database._idle.clear()

    async def release(self):
        self._database._finish([])


def Gate(database):  # noqa: N802
    """What holds the writer of this driver."""
    return (InlineGate if isinstance(database, InlineDatabase) else ThreadGate)(database)
