"""A gateway behind a real Uvicorn on a free port, and clients that speak to it: proper ones and raw ones."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp
import httpx
import socketio
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from tertulia.gateway import EdgeSettings, Gateway
from tertulia.gateway.cluster.cluster import Cluster
from tertulia.kernel.limits import Limits
from tertulia.realtime.uvicorn_driver import WebSocketProtocol
from tertulia.runtime.server import StrictHttp
from tertulia.runtime.services import edges
from tests.gateway.house import House, Person

DEADLINE = 5.0
QUIET = 0.15
"""How long nothing must come until it counts as silence."""

SEPARATOR = "\x1e"

PRODUCT: Mapping[str, Any] = {"http": StrictHttp, "ws": WebSocketProtocol}
"""As `tertulia serve` runs it."""


def open_gateway(
    house: House,
    limits: Limits | None = None,
    *,
    cluster: Cluster | None = None,
    **settings: Any,
) -> Gateway:
    """A gateway in front of the house's services, alone or one of several."""
    settings = {"rate_limits": False, "web_app": None, **settings}
    return Gateway(
        bus=house.bus if cluster is None else cluster.bus,
        edges=edges(),
        settings=EdgeSettings(**settings),
        limits=limits or Limits(),
        cluster=cluster,
    )


@asynccontextmanager
async def in_process(
    gateway: Gateway, *, peer: str = "127.0.0.1", base_url: str = "http://localhost:8000"
) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP without a network, from any peer."""
    transport = httpx.ASGITransport(app=gateway.app, client=(peer, 4711), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
        yield client


class Site:
    """A running server."""

    def __init__(self, house: House, gateway: Gateway, port: int) -> None:
        self.house = house
        self.gateway = gateway
        self.origin = f"http://127.0.0.1:{port}"
        self.host = f"127.0.0.1:{port}"
        self._stack = contextlib.AsyncExitStack()

    async def http(self, **options: Any) -> httpx.AsyncClient:
        """An HTTP client, closed with the site."""
        client = httpx.AsyncClient(base_url=self.origin, timeout=DEADLINE, **options)
        return await self._stack.enter_async_context(client)

    async def visit(self, person: Person | None = None, **options: Any) -> "Visitor":
        """A proper Socket.IO client, connected and ready."""
        visitor = Visitor()
        await visitor.open(self.origin, person, **options)
        self._stack.push_async_callback(visitor.close)
        return visitor

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for something that the server does by itself."""
        async with asyncio.timeout(DEADLINE):
            while not condition():
                await asyncio.sleep(0.005)

    async def websocket(self, path: str = "/socket.io/", **options: Any) -> "RawSocket":
        """A WebSocket that speaks Engine.IO by hand."""
        more = "&" if "?" in path else "?"
        url = f"ws://{self.host}{path}{more}EIO=4&transport=websocket"
        ws = await self._stack.enter_async_context(
            connect(url, open_timeout=DEADLINE, close_timeout=1, **options)
        )
        return RawSocket(ws)

    async def polling(self, path: str = "/socket.io/", **options: Any) -> "RawPolling":
        """Long-polling by hand."""
        polling = await RawPolling(await self.http(**options), path).open()
        self._stack.push_async_callback(polling.post, "1")
        return polling

    async def close(self) -> None:
        await self._stack.aclose()


class Visitor:
    """python-socketio's client, and all it heard in order."""

    def __init__(self) -> None:
        self.client = bare_client()
        self.heard: list[tuple[str, Any]] = []
        self._more = asyncio.Event()
        self.closed = asyncio.Event()

    async def open(
        self, url: str, person: Person | None = None, *, namespace: str = "/", **options: Any
    ) -> None:
        self.namespace = namespace
        self.client.on("*", self._hear, namespace=namespace)
        self.client.on("message", self._hear_message, namespace=namespace)
        self.client.on("disconnect", self._close, namespace=namespace)
        auth = {"token": person.token} if person else None
        options = {"auth": auth, "namespaces": [namespace], "wait_timeout": DEADLINE, **options}
        await self.client.connect(url, **options)
        await self.until("gateway.ready")

    async def close(self) -> None:
        await end(self.client)

    async def says(self, conversation_id: str, text: str) -> Any:
        return await self.asks(
            "conversations.post_message", {"conversation_id": conversation_id, "text": text}
        )

    async def asks(self, name: str, fields: Any = None) -> Any:
        """The acknowledgement of a command."""
        return await self.client.call(name, fields, namespace=self.namespace, timeout=5)

    async def until(self, name: str, count: int = 1) -> Any:
        """The payload of the nth event of a name, when it comes."""
        async with asyncio.timeout(DEADLINE):
            while len(found := self.of(name)) < count:
                self._more.clear()
                await self._more.wait()
        return found[count - 1]

    def of(self, name: str) -> list[Any]:
        """What was heard by a name."""
        return [payload for heard, payload in self.heard if heard == name]

    def names(self) -> list[str]:
        return [name for name, _ in self.heard]

    async def silence(self) -> None:
        """Nothing more comes."""
        before = len(self.heard)
        await asyncio.sleep(QUIET)
        assert self.heard[before:] == []

    async def _hear(self, name: str, *payload: Any) -> None:
        self.heard.append((name, payload[0] if payload else None))
        self._more.set()

    async def _hear_message(self, text: Any) -> None:
        await self._hear("message", text)

    async def _close(self, *_: Any) -> None:
        self.closed.set()


def bare_client() -> socketio.AsyncClient:
    """The library's client; `end` it afterwards.

    Left to itself it does not read the answers to what it posts, and the connections that carried
    them are reported as leaks.
    """
    session = aiohttp.ClientSession(middlewares=(_read_all,))
    return socketio.AsyncClient(reconnection=False, http_session=session)


async def end(client: socketio.AsyncClient) -> None:
    """Close it, and what the library leaves open.

    On polling it waits for a heartbeat when it is told to leave while a POST is under way.
    """
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(client.disconnect(), 1)
    await client.eio.http.close()


async def _read_all(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    response = await handler(request)
    if response.status != HTTPStatus.SWITCHING_PROTOCOLS:
        await response.read()
    return response


class RawSocket:
    """Engine.IO packets over a WebSocket, as typed."""

    def __init__(self, ws: ClientConnection) -> None:
        self.ws = ws
        self._acks: dict[int, Any] = {}

    async def send(self, *packets: str | bytes) -> None:
        for packet in packets:
            await self.ws.send(packet)

    async def next(self) -> Any:
        """The next packet that is no heartbeat."""
        while True:
            packet = await asyncio.wait_for(self.ws.recv(), DEADLINE)
            if packet != "2":
                return packet

    async def until(self, beginning: str) -> str:
        """The next packet that begins so."""
        while not (packet := await self.next()).startswith(beginning):
            pass
        return packet

    async def ack(self, number: int) -> Any:
        """The acknowledgement of that number, in whatever order they come."""
        while number not in self._acks:
            packet = await self.until("43")
            answered = int(packet[2 : packet.index("[")])
            self._acks[answered] = json.loads(packet[packet.index("[") :])[0]
        return self._acks.pop(number)

    async def connect(self, person: Person | None = None, **auth: Any) -> None:
        """CONNECT, up to `gateway.ready`."""
        await self.until("0{")
        fields = {**({"token": person.token} if person else {}), **auth}
        await self.send("40" + json.dumps(fields))
        await self.until('42["gateway.ready"')

    async def is_closed(self, within: float = 1.0) -> bool:
        """Whether the server closes it in time."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.ws.wait_closed(), within)
        return self.ws.state.name == "CLOSED"


class RawPolling:
    """Engine.IO packets over long-polling, as typed."""

    def __init__(self, http: httpx.AsyncClient, path: str) -> None:
        self.http = http
        self.path = path
        self.sid = ""
        self.packets: list[str] = []

    async def open(self) -> "RawPolling":
        packets = await self.poll()
        self.opening = json.loads(packets[0][1:])
        self.sid = self.opening["sid"]
        return self

    @property
    def params(self) -> dict[str, str]:
        return {"EIO": "4", "transport": "polling", **({"sid": self.sid} if self.sid else {})}

    async def poll(self, **options: Any) -> list[str]:
        """The packets of one reply."""
        response = await self.http.get(self.path, params=self.params, **options)
        assert response.status_code == 200, response.text
        return response.text.split(SEPARATOR)

    async def post(self, *packets: str, **options: Any) -> httpx.Response:
        """Send packets in one body."""
        content = SEPARATOR.join(packets)
        return await self.http.post(self.path, params=self.params, content=content, **options)

    async def is_over(self) -> bool:
        """Whether the session has ended: the next poll is the last, or it is one too many."""
        response = await self.http.get(self.path, params=self.params)
        return response.status_code == 400 or response.text.split(SEPARATOR)[-1] == "1"

    async def until(self, beginning: str) -> str:
        """The next packet that begins so, by as many polls as it takes."""
        while True:
            while self.packets:
                packet = self.packets.pop(0)
                if packet.startswith(beginning):
                    return packet
            self.packets += await self.poll()

    async def connect(self, person: Person | None = None, **options: Any) -> None:
        """CONNECT, up to `gateway.ready`."""
        auth = {"token": person.token} if person else {}
        await self.post("40" + json.dumps(auth), **options)
        await self.until('42["gateway.ready"')


@asynccontextmanager
async def serving(
    house: House,
    limits: Limits | None = None,
    *,
    driver: Mapping[str, Any] = PRODUCT,
    **settings: Any,
) -> AsyncIterator[Site]:
    """Run a gateway on a free port, under Uvicorn with these options."""
    gateway = open_gateway(house, limits, **settings)
    await gateway.start()
    house.asked.clear()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        gateway.app,
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        **driver,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listener]))
    site = Site(house, gateway, listener.getsockname()[1])
    try:
        yield site
    finally:
        await site.close()
        await gateway.goodbye(0.2)
        server.should_exit = server.force_exit = True
        await task
