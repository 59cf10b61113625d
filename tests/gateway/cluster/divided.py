"""The product divided, in one process of the test: the services, and two gateways, on real NATS and PostgreSQL."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from tertulia.conversations.contract.messages import PostMessage
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tertulia.runtime.application import Application, create_app
from tertulia.runtime.settings import Settings
from tests.gateway.site import PRODUCT

SECONDS = 40.0
"""What a test waits for comes within so many, or it fails."""
CODE = "un código"


class Ear:
    """One socket of one person, and the frames that came, as they came."""

    def __init__(self, ws: ClientConnection) -> None:
        self.heard: list[tuple[str, Any]] = []
        self._ws = ws
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Condition()
        self._hearing = asyncio.create_task(self._hear())

    @property
    def ready(self) -> dict[str, Any]:
        return self.heard[0][1]

    async def asks(self, name: str, **fields: Any) -> Any:
        """The answer to a command that may be asked twice; it is, while the server is busy."""
        async with asyncio.timeout(SECONDS):
            while True:
                answer = await self._ask(name, fields)
                if answer["ok"]:
                    return answer["result"]
                assert answer["error"]["retryable"], answer
                await asyncio.sleep(0.05)

    async def _ask(self, name: str, fields: Any) -> Any:
        number = len(self._acks)
        answered = self._acks[number] = asyncio.get_running_loop().create_future()
        await self._ws.send(f"42{number}" + json.dumps([name, fields]))
        return await answered

    async def says(self, text: str, *, in_: str) -> Any:
        fields = {"id": new_id(), "conversation_id": in_, "text": text}
        return await self.asks("conversations.post_message", **fields)

    def of(self, name: str) -> list[Any]:
        """What came by a name."""
        return [body for heard, body in self.heard if heard == name]

    def seqs(self, conversation_id: str) -> list[int]:
        """The updates of a conversation that came, in the order in which they did."""
        return [
            body["seq"]
            for _, body in self.heard
            if isinstance(body, dict)
            and body.get("conversation_id") == conversation_id
            and "actor_id" in body
        ]

    async def until(self, name: str) -> Any:
        """The first of a name, when it has come."""
        await self._until(lambda: bool(self.of(name)))
        return self.of(name)[0]

    async def until_seq(self, conversation_id: str, seq: int) -> None:
        """An update has come that is not below this."""
        await self._until(lambda: max(self.seqs(conversation_id), default=0) >= seq)

    async def close(self) -> None:
        self._hearing.cancel()
        await asyncio.gather(self._hearing, return_exceptions=True)
        await self._ws.close()

    async def _until(self, is_so: Any) -> None:
        async with asyncio.timeout(SECONDS), self._news:
            await self._news.wait_for(is_so)

    async def _hear(self) -> None:
        async for frame in self._ws:
            text = str(frame)
            if text == "2":
                await self._ws.send("3")
            elif text.startswith("43"):
                number, _, body = text[2:].partition("[")
                self._acks[int(number)].set_result(json.loads(f"[{body}")[0])
            elif text.startswith("42"):
                name, *body = json.loads(text[2:])
                async with self._news:
                    self.heard.append((name, body[0] if body else None))
                    self._news.notify_all()


class Divided:
    """Services, two gateways, and people with a token each."""

    def __init__(self, settings: dict[str, Any], folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._stack = AsyncExitStack()
        self.services: Application
        self.hosts: list[str] = []
        self.tokens: list[str] = []
        self.ids: list[str] = []
        self.space = ""

    async def open(self, people: int) -> None:
        """Start everything, with so many people in one space."""
        self.services = await self._start("services", "accounts", "conversations")
        for name in ("one", "other"):
            self.hosts.append(await self._serve(await self._start(name, "gateway")))
        made = await self._enters("/setup", "ana", organization="Casa", setup_code=CODE)
        self.space = made["space"]["id"]
        for _ in range(1, people):
            await self.newcomer()

    async def close(self) -> None:
        await self._stack.aclose()

    async def newcomer(self) -> int:
        """One more person of the space."""
        await self._enters("/users", f"person{len(self.ids)}")
        return len(self.ids) - 1

    async def channel(self, *people: int) -> str:
        """A new private channel of these people."""
        return (
            await self._post(
                "/conversations",
                self.tokens[people[0]],
                id=new_id(),
                kind="channel",
                space_id=self.space,
                name=new_id(),
                visibility="private",
                members=[self.ids[it] for it in people[1:]],
            )
        )["id"]

    async def ear(self, person: int, gateway: int) -> Ear:
        """A socket of a person at a gateway, that knows where it stands."""
        ws = await connect(
            f"ws://{self.hosts[gateway]}/socket.io/?EIO=4&transport=websocket", max_size=None
        )
        await ws.recv()
        await ws.send("40" + json.dumps({"token": self.tokens[person]}))
        ear = Ear(ws)
        self._stack.push_async_callback(ear.close)
        await ear.until("gateway.ready")
        return ear

    async def posts(self, person: int, conversation_id: str, text: str) -> int:
        """Post where the services are, as other gateways do; its `seq`."""
        assert self.services.instance
        actor = Actor(id=self.ids[person], kind="person")
        request = PostMessage(conversation_id=conversation_id, text=text)
        return (await self.services.instance.bus.ask(request, actor)).message.seq

    async def _start(self, name: str, *services: str) -> Application:
        app = create_app(Settings(data=self._folder / name, services=services, **self._settings))
        await self._stack.enter_async_context(app.lifespan())
        return app

    async def _serve(self, app: Application) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
            **PRODUCT,
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve([listener]))

        async def stop() -> None:
            server.should_exit = server.force_exit = True
            await task

        self._stack.push_async_callback(stop)
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        await _is_ready(host)
        return host

    async def _enters(self, path: str, username: str, **more: str) -> Any:
        names = {"username": username, "display_name": username.title()}
        entered = await self._post(path, password="una buena taza de té", **names, **more)
        self.tokens.append(entered["token"])
        self.ids.append(entered["user"]["id"])
        return entered

    async def _post(self, path: str, token: str | None = None, **fields: Any) -> Any:
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"http://{self.hosts[0]}/api/v1{path}"
        async with httpx.AsyncClient(timeout=SECONDS) as client, asyncio.timeout(SECONDS):
            while True:
                answer = await client.post(url, json=fields, headers=bearer)
                if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                    break
                await asyncio.sleep(0.05)
        assert answer.is_success, answer.text
        return answer.json()


async def _is_ready(host: str) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(SECONDS):
        while not (await client.get(f"http://{host}/readyz")).is_success:
            await asyncio.sleep(0.02)


@asynccontextmanager
async def divided(bus: str, database: str, folder: Path, people: int) -> AsyncIterator[Divided]:
    """Run it."""
    settings = {
        "bus": bus,
        "database": database,
        "setup_code": CODE,
        "registration": "open",
        "rate_limits": False,
        "stop_seconds": 1,
    }
    running = Divided(settings, folder)
    try:
        await running.open(people)
        yield running
    finally:
        await running.close()
