"""Behind a proxy on its own machine a server gives nothing away, though every peer is loopback."""

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import socketio
import socketio.exceptions

from tests.support.reverse_proxy import proxied
from tests.support.server import SETUP_CODE, Server

OWNER = {
    "organization": "Taller",
    "display_name": "Ana",
    "username": "ana",
    "password": "una buena taza de té",
}
VISITOR = "203.0.113.9"
LOCAL_HOST = "127.0.0.1:8000"
PROXIES = {
    "the usual one": {"Host": "chat.example.org", "X-Forwarded-For": VISITOR},
    "one that keeps its own host": {"Host": LOCAL_HOST, "X-Forwarded-For": VISITOR},
    "one that says where it stands": {"Host": LOCAL_HOST, "Via": "1.1 proxy"},
    "one of the standard": {"Host": LOCAL_HOST, "Forwarded": f"for={VISITOR}"},
    "one that tells the address": {"Host": LOCAL_HOST, "X-Real-IP": VISITOR},
    "one that pretends": {"Host": LOCAL_HOST, "X-Forwarded-For": "127.0.0.1"},
    "one that says nothing": {"Host": "chat.example.org"},
}
INSIDE = ("/metrics", "/api/docs", "/api/openapi.json")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("proxied") / "data") as server:
        yield server


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class PublicServer(Server):
    """A server with an address for the public, which it says instead of its port."""

    def __init__(self, data: Path, **variables: str) -> None:
        self._chosen = free_port()
        super().__init__(data, "--port", str(self._chosen), **variables)

    def says(self, text: str) -> str:
        super().says(text)
        return f"{text} http://127.0.0.1:{self._chosen}"


async def becomes_guest(url: str, transport: str) -> bool:
    """Whether a connection without a credential is let in."""
    client = socketio.AsyncClient(reconnection=False)
    try:
        await client.connect(url, transports=[transport])
    except socketio.exceptions.ConnectionError:
        return False
    await client.disconnect()
    return True


@pytest.mark.parametrize("headers", PROXIES.values(), ids=PROXIES)
async def test_what_is_for_local_visitors_stays_inside(fresh: Server, headers: dict[str, str]):
    async with proxied(fresh.port, headers) as url, httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/api/v1/setup", json=OWNER)
        assert (answer.status_code, answer.json()["code"]) == (403, "accounts.setup_code_wrong")
        assert [(await http.get(path)).status_code for path in INSIDE] == [404, 404, 404]
        assert (await http.get("/api/v1/server")).json()["guests"] is False
        assert not await becomes_guest(url, "websocket")
        assert not await becomes_guest(url, "polling")
        assert (await http.get("/healthz")).is_success


async def test_without_a_proxy_the_same_server_is_open_to_its_own_machine(fresh: Server):
    async with httpx.AsyncClient(base_url=fresh.url) as http:
        assert [(await http.get(path)).status_code for path in INSIDE] == [200, 200, 200]
        assert (await http.get("/api/v1/server")).json()["guests"] is True
    assert await becomes_guest(fresh.url, "websocket")


async def test_the_code_sets_up_from_afar(tmp_path: Path):
    """And with `base_url` the cookie is for TLS, and links lead to the public address."""
    settings = {
        "TERTULIA_BASE_URL": "https://chat.example.org",
        "TERTULIA_TRUSTED_PROXIES": "127.0.0.1",
    }
    headers = {
        "Host": "chat.example.org",
        "X-Forwarded-For": VISITOR,
        "X-Forwarded-Proto": "https",
    }
    origin = {"Origin": "https://chat.example.org"}
    with PublicServer(tmp_path / "data", **settings) as server:
        async with proxied(server.port, headers) as url, httpx.AsyncClient(base_url=url) as http:
            wrong = await http.post("/api/v1/setup", json={**OWNER, "setup_code": "anis"})
            assert wrong.json()["code"] == "accounts.setup_code_wrong"
            done = await http.post(
                "/api/v1/setup", json={**OWNER, "setup_code": SETUP_CODE}, headers=origin
            )
            assert done.status_code == 201
            assert "secure" in done.headers["set-cookie"].lower()
            invite = await http.post(
                "/api/v1/invites",
                json={"space_id": done.json()["space"]["id"]},
                headers={"Authorization": f"Bearer {done.json()['token']}"},
            )
            assert invite.json()["url"].startswith("https://chat.example.org/join/")
