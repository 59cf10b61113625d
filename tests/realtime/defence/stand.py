"""The server that is attacked, and how the tests look into it."""

import asyncio
import gc
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

from tertulia.realtime import ASGIApp, Limits, Server
from tertulia.realtime.engine.eager import spare
from tests.realtime.defence.peer import PATIENCE, Peer
from tests.realtime.fuzz import wire
from tests.realtime.serving import Host

Act = Callable[[Server], Awaitable[Any]]


class Stand:
    """A server that echoes and keeps what it hears; peers are gone at the end of the test."""

    def __init__(self, host: Host, leaving: AsyncExitStack) -> None:
        self._host = host
        self._leaving = leaving
        self._loop: asyncio.AbstractEventLoop
        self._app: Any = None
        self.port = host.port
        self.driver = host.driver.name
        self.server: Server
        self.heard: list[tuple[Any, ...]] = []
        """Events with their arguments, the sid left out."""
        self.ended: list[str] = []
        """Reasons of `disconnect`, in order."""

    def serve(self, limits: Limits | None = None, **options: Any) -> "Stand":
        """Begin anew with these settings."""
        self.server = Server(limits=limits, **options)
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("*", self._hear)
        self._app = ASGIApp(self.server)
        self._host.app = self
        return self

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._loop = asyncio.get_running_loop()
        await self._app(scope, receive, send)

    async def _connect(self, sid: str, environ: Any) -> None:
        pass

    async def _disconnect(self, sid: str, reason: str) -> None:
        self.ended.append(reason)

    async def _hear(self, name: str, sid: str, *args: Any) -> Any:
        self.heard.append((name, *args))
        return args

    # ---- clients

    async def peer(self, **options: Any) -> Peer:
        """A TCP connection."""
        peer = await Peer.reach(self.port, **options)
        self._leaving.callback(peer.close)
        return peer

    async def websocket(self, **options: Any) -> Peer:
        """A peer with an open WebSocket that has not said anything yet."""
        peer = await self.peer(**options)
        assert (await peer.open()).status == 101
        await peer.hears("0{")
        return peer

    async def client(self, **options: Any) -> Peer:
        """A peer that is connected to `/`."""
        peer = await self.websocket(**options)
        await peer.say("40")
        await peer.hears("40{")
        return peer

    async def poller(self) -> "Poller":
        """A client on long-polling that is connected to `/`."""
        poller = await self.poller_without_connect()
        await poller.post("40")
        assert (await poller.poll())[0].startswith("40{")
        return poller

    async def poller_without_connect(self) -> "Poller":
        """A client on long-polling that has not said anything yet."""
        return await Poller(await self.peer()).open()

    async def works(self) -> None:
        """Somebody new is served."""
        client = await self.client()
        await client.say('427["anyone",1]')
        assert await client.ack(7) == [1]
        client.close()

    # ---- the server

    async def does(self, act: Act) -> Any:
        """The result of something done in the server's own loop."""

        async def run() -> Any:
            return await act(self.server)

        future = asyncio.run_coroutine_threadsafe(run(), self._loop)
        return await asyncio.wait_for(asyncio.wrap_future(future), PATIENCE)

    def soon(self, act: Callable[[], object]) -> None:
        """Have something done in the server's own loop, after all that it has to do now."""
        self._loop.call_soon_threadsafe(act)

    async def nothing_stays(self, before: Counter[str]) -> None:
        """All clients go, and no more objects are left than before."""
        await self.until(lambda: not self.server.eio.sockets)
        try:
            await self.until(lambda: not held() - before)
        except TimeoutError:
            raise AssertionError(held() - before) from None

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for something that the server does by itself."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.01)


class Poller:
    """Engine.IO over one kept HTTP connection."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.sid = ""

    async def open(self) -> "Poller":
        """Make the handshake."""
        answer = await self._peer.ask(wire.get())
        assert answer.status == 200, answer
        self.sid = answer.body.split(b'"sid":"')[1].split(b'"')[0].decode()
        return self

    async def post(self, body: str | bytes, **headers: str) -> int:
        """Send packets; the status."""
        return (await self._peer.ask(wire.post(body, self.sid, **headers))).status

    async def poll(self, **headers: str) -> list[str]:
        """The packets of a reply."""
        answer = await self._peer.ask(wire.get(self.sid, **headers))
        assert answer.status == 200, answer
        return answer.packets

    async def ends(self) -> str:
        """Poll until the session is over: its last packet, or the body of the error."""
        while True:
            answer = await self._peer.ask(wire.get(self.sid))
            if answer.status != 200 or answer.packets[-1] == "1":
                return answer.packets[-1]


def held() -> Counter[str]:
    """The living objects of the engine's classes, by name, without what is kept for later tasks.

    That is told apart one by one: the loop of the server goes on meanwhile, in its own thread.
    """
    gc.collect()
    living = [
        thing
        for thing in gc.get_objects()
        if str(type(thing).__module__).startswith("tertulia.realtime")
    ]
    kept = set(map(id, spare()))
    return Counter(type(thing).__name__ for thing in living if id(thing) not in kept)
