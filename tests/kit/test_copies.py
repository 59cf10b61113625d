"""Copies of a file that somebody writes, and digests of what is in it."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from tertulia.kit.db.copies import PAGES_AT_ONCE, copy_database, read_contents, read_revisions
from tertulia.kit.db.sqlite import open_engine


def make(path, rows):
    engine = open_engine(path)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cups (id TEXT PRIMARY KEY, n INTEGER, b BLOB)")
        for row in rows:
            connection.exec_driver_sql("INSERT INTO cups VALUES (?, ?, ?)", row)
    engine.dispose()
    return path


@pytest.fixture
def file(tmp_path):
    return make(tmp_path / "one.db", [("a", 1, b"\x00"), ("b", 2, None)])


def test_a_copy_holds_one_moment_while_somebody_writes(file, tmp_path, monkeypatch):
    """Each transaction moves as much as it adds, so that any other than one moment shows."""
    connect = sqlite3.connect
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE filler (x BLOB)")
        writer.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO filler SELECT randomblob(3900) FROM n",
            (PAGES_AT_ONCE * 2,),
        )

        class Source(sqlite3.Connection):
            """Writes between the steps of a copy."""

            def backup(self, target, *, pages=-1, **_):
                def moved(*_):
                    writer.execute("UPDATE cups SET n = n + CASE id WHEN 'a' THEN 1 ELSE -1 END")

                super().backup(target, pages=pages, progress=moved)

        monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=Source))
        copy_database(file, tmp_path / "copy.db")
        monkeypatch.setattr(sqlite3, "connect", connect)
        moved_to = writer.execute("SELECT n FROM cups WHERE id = 'a'").fetchone()[0]
    assert moved_to >= 3
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT n FROM cups ORDER BY id").fetchall() == [(1,), (2,)]
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_copying_leaves_what_a_crash_left(file, tmp_path):
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO cups VALUES ('c', 3, NULL)")
        connection.commit()
        for name in (file.name, f"{file.name}-wal"):
            shutil.copy(tmp_path / name, crashed / name)
    before = [(crashed / name).read_bytes() for name in (file.name, f"{file.name}-wal")]
    copy_database(crashed / file.name, tmp_path / "copy.db")
    assert read_contents(tmp_path / "copy.db")["cups"].rows == 3
    assert [(crashed / name).read_bytes() for name in (file.name, f"{file.name}-wal")] == before


def test_copying_leaves_no_trace_beside_what_was_closed(file, tmp_path):
    before = file.read_bytes()
    copy_database(file, tmp_path / "copy.db")
    assert file.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {file.name, "copy.db"}


def test_contents_are_the_same_whatever_order_they_were_written_in(file, tmp_path):
    other = make(tmp_path / "other.db", [("b", 2, None), ("a", 1, b"\x00")])
    assert read_contents(file) == read_contents(other)
    assert read_contents(file)["cups"].rows == 2


@pytest.mark.parametrize("row", [("b", 3, None), ("b", 2, b""), ("c", 2, None), ("b", None, None)])
def test_contents_tell_every_change(file, tmp_path, row):
    other = make(tmp_path / "other.db", [("a", 1, b"\x00"), row])
    assert read_contents(file) != read_contents(other)


def test_reading_leaves_no_trace(file):
    read_contents(file)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_revisions_are_read_by_service(file):
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version_files (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version_files VALUES ('files_0002')")
    assert read_revisions(file) == {"files": "files_0002"}
