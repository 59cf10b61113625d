"""A client of python-socketio that keeps what it hears, and the place where it connects."""

import asyncio
import inspect
import ssl
from collections import defaultdict
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import engineio
import httpx
import pytest
import socketio
from socketio.exceptions import ConnectionError  # noqa: A004
from socketio.packet import DISCONNECT, Packet

from tests.realtime.serving import Host

PATIENCE = 10


class Connector(aiohttp.TCPConnector):
    """Knows every connection that it made, so that none outlives its test."""

    def __init__(self, trust: ssl.SSLContext | None, **options: Any) -> None:
        super().__init__(ssl=trust or True, **options)
        self._made: list[asyncio.Transport] = []

    async def _create_connection(self, *args: Any, **kwargs: Any) -> Any:
        protocol = await super()._create_connection(*args, **kwargs)
        assert isinstance(protocol.transport, asyncio.Transport)
        self._made.append(protocol.transport)
        return protocol

    def cut(self) -> None:
        """End all connections without a word."""
        for transport in self._made:
            transport.abort()


class Listener:
    """A connection that reconnects to nothing and keeps events by namespace, in order."""

    def __init__(self, trust: ssl.SSLContext | None) -> None:
        self._connector = Connector(trust)
        self._session = aiohttp.ClientSession(connector=self._connector)
        self.io = socketio.AsyncClient(reconnection=False, http_session=self._session)
        read_all(self.io.eio)
        self.io.on("*", self._hear, namespace="*")
        self.io.on("disconnect", self._lose, namespace="*")
        self.io.on("connect_error", self._fail, namespace="*")
        self._heard: dict[str, asyncio.Queue[tuple[Any, ...]]] = defaultdict(asyncio.Queue)
        self.reasons: asyncio.Queue[str] = asyncio.Queue()
        self.errors: list[Any] = []
        self.answers: dict[str, Any] = {}

    @property
    def sid(self) -> str:
        return self.sid_in("/")

    def sid_in(self, namespace: str) -> str:
        sid = self.io.get_sid(namespace)
        assert sid
        return sid

    async def hears(self, namespace: str = "/") -> tuple[Any, ...]:
        """The next event: its name and its arguments."""
        async with asyncio.timeout(PATIENCE):
            return await self._heard[namespace].get()

    async def hear(self, count: int, namespace: str = "/") -> list[tuple[Any, ...]]:
        """The next events."""
        return [await self.hears(namespace) for _ in range(count)]

    async def loses(self) -> str:
        """Wait for the end of the connection; why."""
        async with asyncio.timeout(PATIENCE):
            return await self.reasons.get()

    async def emit(self, event: str, *arguments: Any, namespace: str | None = None) -> None:
        await self.io.emit(event, arguments, namespace=namespace)

    async def call(self, event: str, *arguments: Any, namespace: str | None = None) -> Any:
        """Emit, and wait for what the server returns."""
        return await self.io.call(event, arguments, namespace=namespace, timeout=PATIENCE)

    async def leave(self) -> None:
        """Disconnect; what was emitted before, and the word of it, has been written by then."""
        if self.io.eio.state == "connected":
            for namespace in tuple(self.io.namespaces):
                await self.io._send_packet(Packet(DISCONNECT, namespace=namespace))
            await self.io.eio.queue.join()
        await self.io.eio.disconnect(abort=True)

    async def close(self) -> None:
        """End whatever is left of the connection."""
        tasks = [*filter(None, (self.io.eio.read_loop_task, self.io.eio.write_loop_task))]
        await self.leave()
        if self.io.eio.ws:
            await self.io.eio.ws.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._session.close()
        self.break_off()
        await asyncio.sleep(0)

    def break_off(self) -> None:
        """Cut the connection without a word."""
        self._connector.cut()

    async def _hear(self, event: str, namespace: str, *arguments: Any) -> Any:
        self._heard[namespace].put_nowait((event, *arguments))
        answer = self.answers.get(event)
        answer = answer(*arguments) if callable(answer) else answer
        return await answer if inspect.isawaitable(answer) else answer

    def _lose(self, _: str, reason: str) -> None:
        self.reasons.put_nowait(reason)

    def _fail(self, _: str, error: Any) -> None:
        self.errors.append(error)


def read_all(client: engineio.AsyncClient) -> None:
    """Let a client read also the answers that it does not look at: unread ones keep connections."""
    request = client._send_request

    async def send_and_read(*args: Any, **kwargs: Any) -> Any:
        response = await request(*args, **kwargs)
        if isinstance(response, aiohttp.ClientResponse):
            await response.read()
        return response

    client._send_request = send_and_read


class Site:
    """Where a server is found. Whoever connects is disconnected at the end of the test."""

    def __init__(self, host: Host, leaving: AsyncExitStack) -> None:
        self.host = host
        self.url = host.url
        self.trust = host.certificate.trust if host.driver.is_secure else None
        self._leaving = leaving

    async def connect(self, path: str = "", **options: Any) -> Listener:
        """Connect a client; options are those of `socketio.AsyncClient.connect`."""
        listener = await self._listen()
        options.setdefault("namespaces", "/")
        await listener.io.connect(self.url + path, wait_timeout=PATIENCE, **options)
        return listener

    async def refuses(self, **options: Any) -> Any:
        """The data with which a client is refused."""
        listener = await self._listen()
        options.setdefault("namespaces", "/")
        with pytest.raises(ConnectionError):
            await listener.io.connect(self.url, wait_timeout=PATIENCE, **options)
        return listener.errors[0]

    async def http(self) -> httpx.AsyncClient:
        """A client for what is not Socket.IO."""
        client = httpx.AsyncClient(base_url=self.url, verify=self.trust or True)
        return await self._leaving.enter_async_context(client)

    async def session(self, **options: Any) -> aiohttp.ClientSession:
        """A session that believes the certificate; options are those of `aiohttp.TCPConnector`."""
        connector = Connector(self.trust, **options)
        self._leaving.callback(connector.cut)
        return await self._leaving.enter_async_context(aiohttp.ClientSession(connector=connector))

    async def _listen(self) -> Listener:
        listener = Listener(self.trust)
        self._leaving.push_async_callback(listener.close)
        return listener
