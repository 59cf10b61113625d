"""The server process: one for a folder, an orderly end, and nothing lost without one."""

import asyncio
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import suppress

import httpx
import pytest

from tests.support.cast import Person, settle
from tests.support.server import Server

UNFINISHED = (
    b"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
)
"""A request that never ends."""


@pytest.fixture
def own(tmp_path):
    """A server that this test may end."""
    with Server(tmp_path / "data") as server:
        yield server


def process_of(server: Server) -> subprocess.Popen[str]:
    assert server.process
    return server.process


def start(server: Server, *arguments: str) -> tuple[int, str]:
    """Run another `tertulia serve` to its end: its status and what it said."""
    command = [*server.command(), *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, cwd=server.data.parent
    )
    return done.returncode, done.stderr


def test_a_second_server_says_so_and_ends(server):
    status, said = start(server, "--port", "0")
    assert status == 1
    assert said.splitlines() == [
        f"tertulia: process {process_of(server).pid} is using {server.data}"
    ]


def test_a_port_that_is_taken_is_said_in_a_line(server, tmp_path):
    status, said = start(server, "--data", str(tmp_path / "other"))
    assert status == 1
    assert len(said.splitlines()) == 1
    assert f"cannot listen on 127.0.0.1:{server.port}" in said
    assert not (tmp_path / "other").exists()


def test_a_wrong_setting_is_said_in_a_line(tmp_path):
    status, said = start(Server(tmp_path / "data"), "--base-url", "https://example.org/chat")
    assert status == 2
    assert len(said.splitlines()) == 1
    assert said.startswith("tertulia: base_url (--base-url): must have no path")


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_at_once_with_success(own, name):
    started = time.monotonic()
    process_of(own).send_signal(name)
    assert process_of(own).wait(10) == 0
    assert time.monotonic() - started < 5
    assert not (own.data / "admin.sock").exists()


async def test_sockets_are_told_before_they_are_closed(own):
    town = settle(own)
    people = [
        await Person(own, "ana", town.tokens["ana"]).comes(),
        await Person(own, "bruno", town.tokens["bruno"]).comes(transports=["polling"]),
    ]
    started = time.monotonic()
    process_of(own).send_signal(signal.SIGTERM)
    for person in people:
        goodbye = await person.hears_event("gateway.goodbye")
        assert (goodbye.body["code"], goodbye.body["reconnect"]) == ("going_away", True)
    assert await asyncio.to_thread(process_of(own).wait, 10) == 0
    assert time.monotonic() - started < 10


async def test_what_is_acknowledged_before_a_stop_or_a_kill_is_there_after_it(own):
    town = settle(own)
    said = []
    for end in (own.stop, own.kill):
        ana = await Person(own, "ana", town.tokens["ana"]).comes()
        said += [(await ana.says(f"{end.__name__} {n}", in_=town.general))["id"] for n in range(20)]
        end()
        with suppress(Exception):
            await ana.goes()
        own.start()
    ana = await Person(own, "ana", town.tokens["ana"]).comes()
    page = await ana.asks("conversations.list_messages", conversation_id=town.general, limit=200)
    texts = [message["id"] for message in page["items"] if message["kind"] == "text"]
    assert texts == said
    await ana.goes()


async def test_requests_under_way_are_finished(own):
    settle(own)
    async with httpx.AsyncClient(base_url=f"{own.url}/api/v1", timeout=10) as http:
        signing_in = [
            asyncio.create_task(
                http.post("/sessions", json={"login": "ana", "password": "otra", "totp": None})
            )
            for _ in range(4)
        ]
        await http.get("/server")
        process_of(own).send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*signing_in)
    assert [answer.status_code for answer in answers] == [401] * 4
    assert await asyncio.to_thread(process_of(own).wait, 10) == 0


def test_nobody_is_let_in_while_it_stops(own):
    with socket.create_connection(("127.0.0.1", own.port)) as idle:
        process_of(own).send_signal(signal.SIGTERM)
        assert process_of(own).wait(10) == 0
        assert idle.recv(1) == b""
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{own.url}/readyz")


def test_a_hanging_request_does_not_hold_the_end_up(tmp_path):
    with (
        Server(tmp_path / "data", TERTULIA_STOP_SECONDS="3") as server,
        socket.create_connection(("127.0.0.1", server.port)) as hanging,
    ):
        hanging.sendall(UNFINISHED)
        httpx.get(f"{server.url}/healthz")
        started = time.monotonic()
        process_of(server).send_signal(signal.SIGTERM)
        process_of(server).wait(10)
        assert time.monotonic() - started < 4


def test_told_twice_it_is_gone_at_once(own):
    with socket.create_connection(("127.0.0.1", own.port)) as hanging:
        hanging.sendall(UNFINISHED)
        httpx.get(f"{own.url}/healthz")
        process = process_of(own)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
    assert process.returncode == 1
    assert "stopped_in_the_middle" in own.log.read_text("utf-8")


def test_it_says_where_it_listens_and_how_to_set_it_up(tmp_path):
    with Server(tmp_path / "data") as server:
        assert server.says("Set it up") == (f"Set it up at {server.url}/setup?code=azafran")
        settle(server)
        server.stop()
        server.start()
        process = process_of(server)
        process.send_signal(signal.SIGTERM)
        assert process.stdout
        assert process.stdout.read() == ""


def test_the_command_alone_serves(tmp_path):
    server = Server(tmp_path / "data", TERTULIA_PORT="0", TERTULIA_DATA=str(tmp_path / "data"))
    server.command = lambda: [sys.executable, "-m", "tertulia"]
    with server:
        assert server.call("GET", "/server")["setup_required"]


@pytest.mark.parametrize("choice", ["on", "off"])
def test_it_runs_on_either_loop(tmp_path, choice):
    if choice == "on":
        pytest.importorskip("uvloop")
    with Server(tmp_path / "data", TERTULIA_UVLOOP=choice) as server:
        assert settle(server).plaza
        assert server.stop() == 0


def test_the_limit_of_open_files_is_raised():
    script = """
import resource
from tertulia.runtime.server import raise_open_files
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
raise_open_files()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(said.stdout) > 256


def test_who_shares_a_port_listens_when_it_says_so(tmp_path):
    script = """
import os, signal, socket, sys
from urllib.parse import urlsplit
from tertulia.runtime.server import serve
from tertulia.runtime.settings import Settings

class Caller:
    def listens(self, address, set_up_at):
        os.kill(os.getpid(), signal.SIGTERM)
        parts = urlsplit(address)
        socket.create_connection((parts.hostname, parts.port)).close()

serve(Settings(data=sys.argv[1], port=0, reuse_port=True), Caller())
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "data")], timeout=60, check=True)


def test_it_listens_on_more_than_ipv4(tmp_path):
    with Server(tmp_path / "data", "--host", "::1") as server:
        assert server.url == f"http://[::1]:{server.port}"
        assert server.call("GET", "/server")["setup_required"]


def test_the_folder_and_what_is_in_it_are_private(server):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in server.data.iterdir()}
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert {"admin.sock", "lock", "tertulia.db"} <= set(modes)


def test_logs_hold_neither_words_nor_credentials(own):
    town = settle(own)
    path = f"/conversations/{town.general}/messages"
    own.call("POST", path, town.tokens["bruno"], text="entre nosotros")
    own.stop()
    logged = own.log.read_text("utf-8")
    assert "service_started" in logged
    secrets = ["entre nosotros", "una buena taza", "azafran", *town.tokens.values()]
    assert not [secret for secret in secrets if secret in logged]


def test_only_the_services_that_are_named_are_served(tmp_path):
    with Server(tmp_path / "data", "--services", "accounts,conversations,gateway") as server:
        assert httpx.get(f"{server.url}/readyz").status_code == 200
        assert settle(server).plaza


def test_a_server_without_an_edge_runs_until_it_is_told(tmp_path):
    server = Server(tmp_path / "data", "--services", "accounts")
    process = subprocess.Popen(
        server.command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with process:
        assert process.stdout
        assert "accounts" in process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 0


def test_what_a_service_needs_has_to_be_named(tmp_path):
    status, said = start(Server(tmp_path / "data"), "--services", "gateway,accounts")
    assert status == 1
    assert said == (
        "tertulia: gateway needs conversations, which is not among the services to run\n"
    )
