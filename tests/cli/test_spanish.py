"""The terminal in Spanish: pages, questions, answers and refusals; what programs read stays as it is."""

import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from tertulia.client import FileOutbox
from tertulia.client.commands.messages import PostMessage
from tertulia.client.sync import Loop
from tests.client.fake_server import GENERAL, FakeServer, refusal
from tests.support.terminal import converse

PASSWORD = "una buena taza"


@pytest.fixture
def server():
    loop = Loop()
    server = loop.call(FakeServer)
    loop.run(server.__aenter__())
    yield server
    loop.run(server.__aexit__())
    loop.close()


@pytest.fixture(autouse=True)
def spain(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "es_ES.UTF-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("TERTULIA_URL", "TERTULIA_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str, typed: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tertulia", *arguments],
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ([], ["Uso: tertulia [OPCIONES] ORDEN", "Órdenes", "Pone en marcha el servidor"]),
        (["send"], ["{CONVERSACIÓN} {TEXTO}", "Argumentos", "[obligatorio]", "como visita"]),
        (["admin", "create-user"], ["Uso: tertulia admin create-user", "Da de alta a una persona"]),
    ],
)
def test_help(page, words):
    status, out, _ = run(*page, "--help")
    assert status == 0
    assert [each for each in [*words, "Opciones", "Muestra esta página."] if each not in out] == []
    assert "Usage" not in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (["sevre"], "No hay ninguna orden sevre. ¿Querías decir serve?"),
        (["send", "plaza"], "Falta TEXTO."),
        (["send", "plaza", "dos", "palabras"], "Sobran palabras."),
        (["listen", "plaza", "--sinse", "3"], "No existe la opción --sinse. ¿Querías decir"),
        (["listen", "plaza", "--since", "tres"], "--since no puede tener ese valor."),
        (["listen", "plaza", "--since"], "A --since le falta su valor"),
    ],
)
def test_a_command_line_that_cannot_be_obeyed(line, reason):
    status, out, said = run(*line)
    assert (status, out) == (2, "")
    assert said.startswith(f"tertulia: {reason}")
    assert said.endswith(" --help dice más.\n")


def test_signing_in_and_its_refusals(server):
    status, out, _ = run("login", server.url, typed=f"ana\n{PASSWORD}\n")
    assert status == 0
    assert out.startswith(f"Nombre de usuario o correo: Sesión iniciada en {server.url} como @ana;")
    refused = "tertulia: El nombre o la contraseña no son correctos.\n"
    assert run("login", server.url, "--user", "ana", typed="otra\n") == (77, "", refused)
    unknown = "tertulia: Ninguna conversación tuya se llama «#nada».\n"
    assert run("send", "nada", "hola") == (1, "", unknown)


def test_what_is_unsent_cannot_be_kept(server, tmp_path):
    run("login", server.url, "--user", "ana", typed=f"{PASSWORD}\n")
    (tmp_path / "state").write_text("un archivo donde iría una carpeta")
    told = "Lo que no se envíe ahora no se podrá guardar: no es una carpeta\n"
    assert run("send", "general", "hola") == (0, "", told)


def test_a_message_of_before_that_was_refused(server, tmp_path):
    run("login", server.url, "--user", "ana", typed=f"{PASSWORD}\n")
    run("send", "general", "uno")
    (path,) = (tmp_path / "state").rglob("*.db")
    with FileOutbox(path) as outbox:
        outbox.keep(PostMessage(GENERAL, "de antes"))
    server.refusals.append(refusal("conversations.archived", 403)["error"])
    told = (
        "Se rechazó un mensaje de antes. Esta conversación está archivada: se puede leer y nada más."
        " Decía: de antes\n"
    )
    assert run("send", "general", "dos") == (0, "", told)


def test_a_session_that_is_none_and_a_server_that_is_away(server, monkeypatch):
    monkeypatch.setenv("TERTULIA_URL", server.url)
    monkeypatch.setenv("TERTULIA_TOKEN", "wrong")
    refused = "tertulia: No has iniciado sesión: tertulia login.\n"
    assert run("listen", "general") == (77, "", refused)
    monkeypatch.setenv("TERTULIA_URL", "http://127.0.0.1:1")
    assert run("send", "general", "hola")[2] == "tertulia: http://127.0.0.1:1 no responde.\n"


def test_the_operator_is_asked_and_answered():
    command = ["admin", "create-user", "ana", "--data", "data"]
    status, shown = converse(*command, answers=[PASSWORD, "otra", PASSWORD, PASSWORD])
    assert status == 0
    assert "Contraseña: " in shown
    assert "La misma otra vez: " in shown
    assert "No son iguales." in shown
    assert "Ya está aquí @ana" in shown
    short = "tertulia: contraseña: demasiado corto: el mínimo es 8\n"
    assert run("admin", "reset-password", "ana", "--data", "data", typed="corta\n")[2] == short
    taken = "tertulia: Ese nombre de usuario ya lo tiene alguien.\n"
    assert run(*command, typed=f"{PASSWORD}\n") == (2, "", taken)


def test_why_a_server_cannot_start():
    status, _, said = run("serve", "--port", "muchos", "--base-url", "https://example.org/chat")
    assert status == 2
    assert said.splitlines() == [
        "tertulia: port (--port): tiene que ser un número entero, y no 'muchos'",
        "tertulia: base_url (--base-url): no puede llevar ruta: el servidor necesita un nombre"
        " para él solo, y no 'https://example.org/chat'",
    ]
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        status, _, said = run("serve", "--port", str(port))
    assert status == 1
    assert said == (f"tertulia: no se puede escuchar en 127.0.0.1:{port}: lo tiene otro programa\n")


def test_a_server_says_where_it_is_and_logs_in_english():
    with subprocess.Popen(
        [sys.executable, "-m", "tertulia", "serve", "--port", "0", "--data", "data"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("Tertulia escucha en http://127.0.0.1:")
        assert process.stdout.readline().startswith("Ponla en marcha en http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        _, logged = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "service_started" in {json.loads(line)["event"] for line in logged.splitlines()}


def test_a_terminal_with_fewer_letters_shows_what_it_can(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert run("services")[0] == 0
    assert run("--help")[1].splitlines()[1].startswith(" Uso: tertulia")


def test_a_variable_of_its_own_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("TERTULIA_LANGUAGE", "en")
    assert run("services")[1].splitlines()[0].split() == ["service", "needs", "for"]
    assert run("settings")[0] == 0
