"""The ASGI application: by itself, inside another one, and beside another of its kind."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from tertulia.runtime import CannotStart, Settings, create_app
from tertulia.runtime.application import Application

SETUP = {
    "organization": "Casa",
    "username": "ana",
    "display_name": "Ana",
    "password": "una buena taza de té",
}


def visiting(app: FastAPI | Application) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


@pytest.fixture
def chat(tmp_path):
    return create_app(Settings(data=tmp_path / "data"))


async def test_inside_another_application_it_takes_what_that_leaves(chat):
    app = FastAPI(lifespan=chat.lifespan)

    @app.get("/shop/hours")
    def hours() -> str:
        return "09:00-20:00"

    app.mount("/", chat)
    async with app.router.lifespan_context(app), visiting(app) as visitor:
        assert (await visitor.get("/shop/hours")).json() == "09:00-20:00"
        assert (await visitor.get("/readyz")).json() == {"ready": True}
        assert (await visitor.get("/api/v1/nothing")).status_code == 404


async def test_without_its_lifespan_it_says_what_is_missing(chat):
    async with visiting(chat) as visitor:
        with pytest.raises(RuntimeError, match="lifespan"):
            await visitor.get("/readyz")


async def test_it_can_be_started_again(chat):
    for expected in (201, 409):
        async with chat.lifespan(), visiting(chat) as visitor:
            assert (await visitor.post("/api/v1/setup", json=SETUP)).status_code == expected


async def test_two_of_them_in_one_process_know_nothing_of_each_other(tmp_path):
    one, other = (create_app(Settings(data=tmp_path / name)) for name in ("one", "other"))
    async with one.lifespan(), other.lifespan(), visiting(one) as here, visiting(other) as there:
        assert (await here.post("/api/v1/setup", json=SETUP)).status_code == 201
        assert (await here.get("/api/v1/server")).json()["setup_required"] is False
        assert (await there.get("/api/v1/server")).json()["setup_required"] is True


async def test_a_folder_is_one_application_s(tmp_path):
    one, other = (create_app(Settings(data=tmp_path / "data")) for _ in range(2))
    async with one.lifespan():
        with pytest.raises(CannotStart):
            async with other.lifespan():
                pass


class Host:
    """An ASGI server that only speaks of the life of the application."""

    def __init__(self, app: Application) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.running = asyncio.ensure_future(app({"type": "lifespan"}, self._receive, self._send))

    async def tells(self, kind: str) -> str:
        """Send a message of the lifespan; the answer."""
        await self.said.put(f"lifespan.{kind}")
        return await self.heard.get()

    async def _receive(self) -> dict[str, str]:
        return {"type": await self.said.get()}

    async def _send(self, message: dict[str, str]) -> None:
        await self.heard.put(message["type"])


async def test_a_server_starts_and_stops_it_by_lifespan_messages(chat):
    host = Host(chat)
    assert await host.tells("startup") == "lifespan.startup.complete"
    async with visiting(chat) as visitor:
        assert (await visitor.get("/readyz")).status_code == 200
    assert await host.tells("shutdown") == "lifespan.shutdown.complete"
    await host.running


async def test_a_start_that_fails_is_told_to_the_server(chat, tmp_path):
    async with create_app(Settings(data=tmp_path / "data")).lifespan():
        host = Host(chat)
        assert await host.tells("startup") == "lifespan.startup.failed"
        with pytest.raises(CannotStart):
            await host.running
