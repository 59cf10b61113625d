"""`tertulia fsck`, as somebody types it."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.support.server import Server


def fsck(data: Path, *arguments: str, language: str = "en") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tertulia", "fsck", "--data", str(data), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "TERTULIA_LANGUAGE": language},
    )
    return done.returncode, done.stdout, done.stderr


def break_(data: Path) -> None:
    with closing(sqlite3.connect(data / "tertulia.db")) as connection, connection:
        connection.execute("UPDATE conversations_conversations SET member_count = 7")


def test_what_is_clean_is_said_while_the_server_runs(server: Server):
    status, out, said = fsck(server.data)
    assert (status, said) == (0, "")
    assert "0 differences" in out


def test_the_report_is_json_where_a_program_reads_it(server: Server):
    status, out, _ = fsck(server.data, "--json")
    report = json.loads(out)
    assert status == 0
    assert report["clean"]
    assert "conversations.head" in report["checks"]
    assert report["findings"] == []


def test_what_differs_is_named_in_both_languages(tmp_path):
    with Server(tmp_path / "data") as server:
        server.stop()
    break_(server.data)
    status, out, _ = fsck(server.data)
    assert status == 1
    assert "conversations.member_count: it does not always hold that" in out
    assert "stored: 7 recomputed: 0" in out
    status, out, _ = fsck(server.data, language="es")
    assert status == 1
    assert "guardado: 7 recalculado: 0" in out
    status, out, _ = fsck(server.data, "--json")
    (finding,) = json.loads(out)["findings"]
    assert status == 1
    assert (finding["check"], finding["count"]) == ("conversations.member_count", 1)


def test_what_cannot_be_checked_is_an_exit_status_of_its_own(tmp_path):
    status, out, said = fsck(tmp_path)
    assert (status, out) == (2, "")
    assert said == f"tertulia: there is no database in {tmp_path}\n"
