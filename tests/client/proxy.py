"""A wire between a client and a server, which can be cut at any byte."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self


class Wire:
    """Passes bytes on to a port of this machine until it is cut.

    Attributes:
        connections: How many connections were made over it.
    """

    def __init__(self, target: int) -> None:
        self.connections = 0
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._accepts = True

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection, without a farewell to either side."""
        for writer in self._open:
            writer.transport.abort()

    def take_down(self) -> None:
        """Cut, and refuse whoever comes."""
        self._accepts = False
        self.cut()

    def put_up(self) -> None:
        """Let connections through again."""
        self._accepts = True

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._accepts:
            writer.transport.abort()
            return
        self.connections += 1
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:  # nobody is there
            writer.transport.abort()
            return
        for source, sink in ((reader, back), (there, writer)):
            self._open.add(sink)
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
        self._open.discard(sink)
        sink.transport.abort()
