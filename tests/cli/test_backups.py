"""`tertulia backup` and `tertulia restore`, as somebody types them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import Server


def run(*arguments: str | Path, language: str = "en") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tertulia", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "TERTULIA_LANGUAGE": language},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def copy(server: Server, tmp_path) -> Path:
    """A backup of the server that runs."""
    status, _, said = run("backup", tmp_path / "copy", "--data", server.data)
    assert (status, said) == (0, "")
    return tmp_path / "copy"


def test_a_backup_is_made_and_tried_while_the_server_runs(server: Server, copy: Path):
    status, out, said = run("restore", copy, "--verify", "--data", server.data)
    assert (status, said) == (0, "")
    assert "is whole" in out
    assert "Nothing was changed." in out
    status, out, _ = run("restore", copy, "--verify", "--data", server.data, language="es")
    assert status == 0
    assert "No se ha cambiado nada." in out


def test_nothing_is_overwritten(server: Server, copy: Path):
    status, out, said = run("backup", copy, "--data", server.data)
    assert (status, out) == (1, "")
    assert said == f"tertulia: {copy} is there already: nothing is overwritten\n"
    _, _, said = run("backup", copy, "--data", server.data, language="es")
    assert said == f"tertulia: {copy} ya está ahí: no se sobrescribe nada\n"


def test_a_server_that_runs_is_not_restored(server: Server, copy: Path):
    status, out, said = run("restore", copy, "--data", server.data)
    assert (status, out) == (1, "")
    assert "is using" in said


def test_a_restored_folder_can_be_served(server: Server, copy: Path, tmp_path):
    status, out, said = run("restore", copy, "--data", tmp_path / "data")
    assert (status, said) == (0, "")
    assert "Everybody has to sign in again" in out
    assert "Start the server." in out
    with Server(tmp_path / "data") as restored:
        assert restored.call("GET", "/server")
    status, out, _ = run("restore", copy, "--data", tmp_path / "data", language="es")
    assert status == 0
    assert "Lo que había antes está en " in out
    assert "Arranca el servidor." in out


def test_what_is_no_backup_is_said(server: Server, tmp_path):
    status, out, said = run("restore", tmp_path, "--data", tmp_path / "data")
    assert (status, out, said) == (1, "", f"tertulia: there is no backup in {tmp_path}\n")
    assert not (tmp_path / "data").exists()
