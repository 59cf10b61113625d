"""What is outside the server: its file, its port, and whoever starts it again when it has died."""

import asyncio
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tertulia.chaos.simulation.network import Cut, Line
from tertulia.chaos.simulation.process import Process
from tertulia.chaos.simulation.socket import (
    Answer,
    Hear,
    Socket,
    http_scope,
    posted,
    websocket_scope,
)
from tertulia.chaos.simulation.virtual_time import SeededLoop

LIVES_AT_MOST = 50


class World:
    """A file, and the processes that serve it one after another."""

    def __init__(self, file: Path, loop: SeededLoop, chance: Random) -> None:
        self.loop = loop
        self.chance = chance
        self._file = file
        self._keeper: asyncio.Task[None] | None = None
        self.process: Process | None = None
        """The one that lives; none between a death and the next start."""
        self.lives = 0
        self.defects: list[str] = []
        self._up = asyncio.Event()

    async def open(self) -> None:
        """Start the server, and from now on start it again whenever it dies."""
        self._keeper = asyncio.create_task(self._keep())
        await self._up.wait()

    async def close(self) -> None:
        """Stop the server in good order."""
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        if self.process is not None:
            await self.process.stop()
            self.defects += self.process.defects

    async def serving(self) -> Process:
        """The process, once one serves."""
        while self.process is None or not self._up.is_set():
            await self._up.wait()
        return self.process

    def connect(self, hear: Hear, *, resume: bool = False) -> Socket:
        """A new connection. Raises `Cut` when nobody listens."""
        line = self._dial("websocket", websocket_scope(resume=resume))
        return Socket(line, hear)

    async def post(self, path: str, token: str, body: dict[str, Any]) -> Answer:
        """A call over HTTP. Raises `Cut`."""
        return await posted(self._dial("http", http_scope(path, token)), body)

    def _dial(self, kind: Any, scope: dict[str, Any]) -> Line:
        if self.process is None or not self._up.is_set():
            raise Cut
        line = Line(self.chance, kind)
        self.process.serve(scope, line)
        return line

    async def _keep(self) -> None:
        while self.lives < LIVES_AT_MOST:
            self.lives += 1
            process = Process(self._file, self.loop, self.chance)
            process.gone = self._up.clear
            self.process = process
            starting = process.start()
            await asyncio.wait({starting})
            if process.alive:
                starting.result()
                self._up.set()
            await process.died.wait()
            self.process = None
            self.defects += process.defects
            await asyncio.sleep(self.chance.uniform(0, 3))
