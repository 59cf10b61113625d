"""The line of one person to the server, which can be cut and mended while the others keep theirs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.client.proxy import Wire


class Line:
    """A local port that leads to the server for as long as the line is whole."""

    def __init__(self, wire: Wire, loop: asyncio.AbstractEventLoop) -> None:
        self.url = wire.url
        self._wire = wire
        self._loop = loop

    def cut(self) -> None:
        """Break every connection, and let none through."""
        self._loop.call_soon_threadsafe(self._wire.take_down)

    def mend(self) -> None:
        """Let connections through again."""
        self._loop.call_soon_threadsafe(self._wire.put_up)


@contextmanager
def laid_to(port: int) -> Iterator[Line]:
    """A line to a port of this machine. The browser is driven from this thread, so it lives in another."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    wire = Wire(port)

    def wait_for(step: object) -> None:
        asyncio.run_coroutine_threadsafe(step, loop).result(10)  # pyright: ignore[reportArgumentType]

    wait_for(wire.__aenter__())
    try:
        yield Line(wire, loop)
    finally:
        wait_for(wire.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
