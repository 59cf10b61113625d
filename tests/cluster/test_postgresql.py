"""The PostgreSQL of this machine: made once, kept over restarts, reached by its password alone."""

import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tertulia.cluster import postgresql
from tertulia.cluster.postgresql import CannotRun, Postgresql


@pytest.fixture
def server():
    server = Postgresql(Path(tempfile.mkdtemp(prefix="tertulia-pg-")), durable=False)
    yield server
    server.kill()
    shutil.rmtree(server.folder)


@pytest.mark.split
def test_what_was_written_is_there_after_the_next_start(server):
    server.start()
    first = server.url
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first)
    server.start()
    assert server.url == first, "the port and the password stay"
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT * FROM kept").fetchall() == []
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(make_conninfo(server.url, password="another"))


@pytest.mark.split
def test_why_it_does_not_start_is_told(server):
    server.start()
    server.stop()
    (server.folder / "data" / "PG_VERSION").write_text("1\n")
    with pytest.raises(CannotRun, match=r"(?s)did not start: .*version"):
        server.start()


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(postgresql, "INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CannotRun, match="apt-get install postgresql"):
        Postgresql(tmp_path / "server").start()
