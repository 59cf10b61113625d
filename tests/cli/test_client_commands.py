"""`tertulia login`, `send` and `listen`, as somebody types them."""

import json
import signal
import stat
import subprocess
import sys
import time

import pytest

from tertulia.cli.conversing import make_printable
from tertulia.client import FileOutbox
from tertulia.client.commands.messages import PostMessage
from tertulia.client.sync import Loop
from tests.client.fake_server import ANA, GENERAL, GUEST, PLAZA, FakeServer, refusal

PASSWORD = "una buena taza\n"


@pytest.fixture
def loop():
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def server(loop):
    server = loop.call(FakeServer)
    loop.run(server.__aenter__())
    yield server
    loop.run(server.__aexit__())


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("TERTULIA_LANGUAGE", raising=False)
    monkeypatch.delenv("TERTULIA_URL", raising=False)
    monkeypatch.delenv("TERTULIA_TOKEN", raising=False)
    return tmp_path


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tertulia", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
    process = start(*arguments)
    out, err = process.communicate(typed, timeout=30)
    return process.returncode, out, err


def posted(server: FakeServer, conversation_id: str = GENERAL) -> list[tuple[str, str]]:
    messages = [update["message"] for update in server.logs[conversation_id].updates]
    return [(message["author"]["display_name"], message["text"]) for message in messages]


def test_one_signs_in_once_and_talks(server):
    status, out, _ = run("login", server.url + "/", "--user", "ana", typed=PASSWORD)
    assert status == 0
    assert out.startswith(f"Signed in to {server.url} as @ana; the token is in ")
    assert run("send", "#general", "hola") == (0, "", "")
    assert run("send", "general", "-", typed="una línea\ny otra\n") == (0, "", "")
    assert posted(server) == [("Ana", "hola"), ("Ana", "una línea\ny otra")]


def test_the_token_is_kept_for_its_owner_alone(server, home):
    run("login", server.url, "--user", "ana", typed=PASSWORD)
    (path,) = home.rglob("credentials.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = {"url": server.url, "token": "t-ana", "user_id": ANA["id"]}
    assert json.loads(path.read_text()) == kept
    run("login", server.url, "--user", "bruno", typed=f"{PASSWORD}123456\n")
    assert json.loads(path.read_text())["token"] == "t-bruno"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wrong_password_keeps_what_was_there(server, home):
    run("login", server.url, "--user", "ana", typed=PASSWORD)
    status, out, err = run("login", server.url, "--user", "ana", typed="otra\n")
    assert (status, out, err) == (77, "", "tertulia: The name or the password is not right.\n")
    (path,) = home.rglob("credentials.json")
    assert json.loads(path.read_text())["token"] == "t-ana"


def test_variables_go_before_what_is_kept(server, monkeypatch):
    run("login", server.url, "--user", "bruno", typed=f"{PASSWORD}123456\n")
    monkeypatch.setenv("TERTULIA_TOKEN", "t-ana")
    run("send", "#general", "hola")
    assert posted(server) == [(ANA["display_name"], "hola")]


def test_a_token_is_not_shown_to_another_server(server, monkeypatch):
    run("login", server.url, "--user", "ana", typed=PASSWORD)
    monkeypatch.setenv("TERTULIA_URL", server.url.replace("127.0.0.1", "localhost"))
    assert run("send", "#plaza", "hola")[0] == 0
    assert posted(server, PLAZA) == [(GUEST["display_name"], "hola")]


def test_errors_are_one_line(server, monkeypatch):
    monkeypatch.setenv("TERTULIA_URL", server.url)
    monkeypatch.setenv("TERTULIA_TOKEN", "t-ana")
    assert run("send", "#nada", "hola") == (
        1,
        "",
        "tertulia: No conversation of yours is called “#nada”.\n",
    )
    monkeypatch.setenv("TERTULIA_TOKEN", "wrong")
    refused = "tertulia: You are not signed in: tertulia login.\n"
    assert run("send", "#general", "hola") == (77, "", refused)
    monkeypatch.setenv("TERTULIA_URL", "http://127.0.0.1:1")
    away = "tertulia: http://127.0.0.1:1 does not answer.\n"
    assert run("send", "#general", "hola") == (69, "", away)


def test_one_listens_until_ctrl_c(loop, server, monkeypatch):
    monkeypatch.setenv("TERTULIA_URL", server.url)
    monkeypatch.setenv("TERTULIA_TOKEN", "t-ana")
    loop.run(server.post("antes"))
    with start("listen", "#general", "--since", "0") as process:
        assert process.stdout
        assert process.stdout.readline() == "Bruno: antes\n"
        loop.run(server.post("después"))
        assert process.stdout.readline() == "Bruno: después\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


def test_a_message_cannot_command_the_terminal():
    assert make_printable("a\x1b[2J\x07\x9bñ\n\t🌿") == "a�[2J��ñ\n\t🌿"


def test_what_was_typed_survives_a_kill_and_is_sent_by_the_next_command_once(server):
    run("login", server.url, "--user", "ana", typed=PASSWORD)
    server.deaf = 1
    process = start("send", "#general", "antes")
    while not posted(server):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert run("send", "#general", "después") == (0, "", "")
    assert posted(server) == [("Ana", "antes"), ("Ana", "después")]
    assert run("send", "#general", "al final") == (0, "", "")
    assert [text for _, text in posted(server)] == ["antes", "después", "al final"]


def test_what_is_refused_of_an_earlier_command_is_told_once(server, home):
    run("login", server.url, "--user", "ana", typed=PASSWORD)
    run("send", "#general", "uno")
    (path,) = (home / "state").rglob("*.db")
    with FileOutbox(path) as outbox:
        outbox.keep(PostMessage(GENERAL, "de antes"))
    server.refusals.append(refusal("conversations.archived", 403)["error"])
    told = (
        "A message from before was refused."
        " This conversation is archived: it can be read, and nothing else. It said: de antes\n"
    )
    assert run("send", "#general", "dos") == (0, "", told)
    assert run("send", "#general", "tres") == (0, "", "")


def test_an_outbox_that_cannot_be_read_is_set_aside(server, home):
    run("login", server.url, "--user", "ana", typed=PASSWORD)
    run("send", "#general", "uno")
    (path,) = (home / "state").rglob("*.db")
    path.write_text("this is no database, and it is long enough to be looked at" * 100)
    status, _, err = run("send", "#general", "dos")
    (aside,) = (home / "state").rglob("*.damaged-*")
    assert (status, err) == (0, f"The unsent messages cannot be read; they are kept in {aside}\n")


def test_one_sends_without_a_place_to_keep_what_is_unsent(server, home):
    run("login", server.url, "--user", "ana", typed=PASSWORD)
    (home / "state").write_text("a file where a folder should be")
    status, _, err = run("send", "#general", "hola")
    assert (status, posted(server)) == (0, [("Ana", "hola")])
    assert err == "What is not sent at once cannot be kept for later: it is not a folder\n"
