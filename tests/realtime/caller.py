"""A client of python-engineio that keeps what it hears."""

import asyncio
from typing import Any

import aiohttp
import engineio
from engineio.packet import CLOSE, Packet

from tests.realtime.listener import PATIENCE, Connector, Site, read_all


class Caller:
    """A connection to an Engine.IO server."""

    def __init__(self, site: Site) -> None:
        self._url = site.url
        self._connector = Connector(site.trust)
        self._session = aiohttp.ClientSession(connector=self._connector)
        self._io = engineio.AsyncClient(http_session=self._session)
        read_all(self._io)
        self._heard: asyncio.Queue[Any] = asyncio.Queue()
        self._reasons: asyncio.Queue[str] = asyncio.Queue()
        self._io.on("message", self._heard.put_nowait)
        self._io.on("disconnect", self._reasons.put_nowait)

    @property
    def sid(self) -> str:
        assert self._io.sid
        return self._io.sid

    async def connect(self, **options: Any) -> None:
        """Options are those of `engineio.AsyncClient.connect`."""
        await self._io.connect(self._url, **options)

    async def send(self, data: str | bytes) -> None:
        await self._io.send(data)

    async def hears(self) -> Any:
        """The next message."""
        async with asyncio.timeout(PATIENCE):
            return await self._heard.get()

    async def loses(self) -> str:
        """Wait for the end of the connection; why."""
        async with asyncio.timeout(PATIENCE):
            return await self._reasons.get()

    async def leave(self) -> None:
        """Disconnect, when everything has been written."""
        if self._io.state == "connected":
            await self._io._send_packet(Packet(CLOSE))
            await self._io.queue.join()
        await self._io.disconnect(abort=True)

    async def close(self) -> None:
        """End whatever is left of the connection."""
        tasks = [*filter(None, (self._io.read_loop_task, self._io.write_loop_task))]
        await self.leave()
        if self._io.ws:
            await self._io.ws.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._session.close()
        self._connector.cut()
        await asyncio.sleep(0)
