"""`tertulia services`, `settings`, `migrate` and `admin`, as somebody types them."""

import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.server import Server
from tests.support.terminal import converse

PASSWORD = "una buena taza de té"


def run(*arguments: str, typed: str = "", cwd: Path | None = None) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tertulia", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd,
    )
    return done.returncode, done.stdout, done.stderr


def sign_in(server: Server, login: str, password: str) -> int:
    body = {"login": login, "password": password}
    return httpx.post(f"{server.url}/api/v1/sessions", json=body, timeout=30).status_code


def test_the_table_of_services_is_printed():
    status, out, _ = run("services")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == [
        "accounts",
        "conversations",
        "presence",
        "personal",
        "gateway",
    ]


def test_every_setting_is_printed_with_its_source(tmp_path):
    (tmp_path / "house.toml").write_text("port = 7\nsetup_code = 'azafran'\n", "utf-8")
    status, out, _ = run("settings", "--config", "house.toml", cwd=tmp_path)
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert status == 0
    assert rows["port"] == ["7", "house.toml"]
    assert rows["setup_code"] == ["********", "house.toml"]
    assert rows["limits.text"] == ["16000", "default"]


def test_a_wrong_setting_ends_any_command_with_a_line(tmp_path):
    (tmp_path / "house.toml").write_text("prot = 7\n", "utf-8")
    for command in (["settings"], ["migrate"], ["admin", "reset-password", "ana"]):
        status, _, said = run(*command, "--config", "house.toml", cwd=tmp_path)
        assert (status, said) == (2, "tertulia: prot (house.toml): there is no such setting\n")


def test_migrating_says_what_it_did(tmp_path):
    status, out, _ = run("migrate", "--data", "data", cwd=tmp_path)
    assert status == 0
    assert "accounts: accounts_0001" in out
    _, again, _ = run("migrate", "--data", "data", cwd=tmp_path)
    assert again.splitlines() == [
        f"{it}: up to date" for it in ("accounts", "conversations", "personal")
    ]


def test_the_version_is_said():
    from tertulia import __version__  # noqa: PLC0415

    assert run("--version")[:2] == (0, f"{__version__}\n")


def test_a_person_is_made_beside_the_running_server(server: Server):
    status, out, said = run(
        "admin", "create-user", "Elena", "--data", str(server.data), typed=f"{PASSWORD}\n"
    )
    assert (status, out, said) == (0, "@elena is there now\n", "")
    assert sign_in(server, "elena", PASSWORD) == 201


def test_a_password_is_set_beside_the_running_server(server: Server):
    data = ("--data", str(server.data))
    run("admin", "create-user", "fermin", *data, typed=f"{PASSWORD}\n")
    status, _, _ = run("admin", "reset-password", "fermin", *data, typed="otra taza de té\n")
    assert status == 0
    assert sign_in(server, "fermin", PASSWORD) == 401
    assert sign_in(server, "fermin", "otra taza de té") == 201


def test_refusals_are_said_in_a_line(server: Server):
    data = ("--data", str(server.data))
    run("admin", "create-user", "gala", *data, typed=f"{PASSWORD}\n")
    status, _, said = run("admin", "create-user", "gala", *data, typed=f"{PASSWORD}\n")
    assert (status, said) == (2, "tertulia: That username is taken.\n")
    status, _, said = run("admin", "create-user", "a b", *data, typed="corta\n")
    assert status == 2
    assert said.startswith("tertulia: username: ")
    status, _, said = run("admin", "reset-password", "nadie", *data, typed=f"{PASSWORD}\n")
    assert status == 2


def test_without_a_server_it_is_done_here(tmp_path):
    status, out, said = run(
        "admin", "create-user", "ana", "--administrator", "--data", "data",
        typed=f"{PASSWORD}\n", cwd=tmp_path,
    )  # fmt: skip
    assert (status, out, said) == (0, "@ana is there now\n", "")
    with Server(tmp_path / "data") as server:
        assert sign_in(server, "ana", PASSWORD) == 201


def test_a_password_is_never_an_argument(server: Server):
    data = ("--data", str(server.data))
    status, _, said = run("admin", "create-user", "hugo", "--password", PASSWORD, *data)
    assert status == 2
    assert "No such option" in said


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(server: Server):
    command = ["admin", "create-user", "ines", "--data", str(server.data)]
    status, shown = converse(*command, answers=[PASSWORD, "otra", PASSWORD, PASSWORD])
    assert status == 0
    assert PASSWORD not in shown
    assert "Those two are not the same" in shown
    assert "@ines is there now" in shown
