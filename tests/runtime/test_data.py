"""The data folder: locked, private, copied before it changes, and never opened by an older program."""

import errno
import os
import sqlite3
import stat
from contextlib import closing

import pytest
import sqlalchemy as sa

from tertulia.kit.db.migrations import Migrations
from tertulia.kit.db.sqlite import open_engine
from tertulia.runtime.data import CannotStart, DataFolder, InUse, back_up, migrate
from tertulia.runtime.switch import READY
from tests.support.clock import StoppedClock

STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before!r}


def upgrade():
    op.create_table("{table}", sa.Column("n", sa.Integer, primary_key=True))
    {more}
"""


@pytest.fixture
def clock():
    return StoppedClock()


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "data")
    with folder.locked():
        yield folder


def program(tmp_path, *tables, more="pass"):
    """A version of the program whose one service has these tables."""
    versions = tmp_path / f"version {len(tables)}{more}" / "versions"
    versions.mkdir(parents=True)
    for number, table in enumerate(tables):
        before = f"{number:04}" if number else None
        last = number == len(tables) - 1
        step = STEP.format(
            revision=f"{number + 1:04}", before=before, table=table, more=more if last else "pass"
        )
        (versions / f"{number}.py").write_text(step, "utf-8")
    return [Migrations("files", versions.parent)]


def tables(path):
    engine = open_engine(path)
    try:
        return {name for name in sa.inspect(engine).get_table_names() if "alembic" not in name}
    finally:
        engine.dispose()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_one_process_has_it_at_a_time(tmp_path):
    first, second = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "data")
    with (
        first.locked(),
        pytest.raises(InUse, match=r"process \d+ is using .*data"),
        second.locked(),
    ):
        pass
    with second.locked():
        pass


def test_it_is_its_owner_s_alone(folder, tmp_path, clock):
    migrate(folder, program(tmp_path, "uploads"), clock)
    assert mode(folder.path) == 0o700
    assert mode(folder.database) == 0o600
    back_up(folder, clock.now())
    assert mode(folder.backups) == 0o700


def test_a_folder_that_cannot_be_made_is_said_in_a_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot use"), DataFolder(tmp_path / "file").locked():
        pass


def test_a_folder_that_cannot_be_written_to_is_said_in_a_line(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "pwrite", fail)
    with pytest.raises(CannotStart) as refused, DataFolder(tmp_path / "data").locked():
        pass
    assert (refused.value.code, refused.value.params["errno"]) == ("folder", "EIO")


def test_a_full_disk_can_free_itself_of_a_restore_that_was_cut_short(tmp_path, monkeypatch):
    """The process number needs room; what nobody decided to restore has it."""

    def fail(*_):
        raise OSError(errno.ENOSPC, "full")

    folder = DataFolder(tmp_path / "data")
    (folder.path / READY).mkdir(parents=True)
    monkeypatch.setattr(os, "pwrite", fail)
    with pytest.raises(CannotStart), folder.locked():
        pass
    assert not (folder.path / READY).exists()


def test_a_database_for_which_there_is_no_room_is_a_full_disk(folder, tmp_path, clock):
    """As SQLite tells it, which knows no `errno`."""
    more = "op.get_bind().exec_driver_sql('PRAGMA max_page_count=1')"
    more += "; op.execute('CREATE TABLE more AS SELECT hex(randomblob(9000))')"
    with pytest.raises(CannotStart) as refused:
        migrate(folder, program(tmp_path, "uploads", more=more), clock)
    assert (refused.value.code, refused.value.params["errno"]) == ("folder", "ENOSPC")


def test_a_new_database_is_made_without_a_copy(folder, tmp_path, clock):
    assert migrate(folder, program(tmp_path, "uploads"), clock) == {"files": ["0001"]}
    assert tables(folder.database) == {"uploads"}
    assert not folder.backups.exists()


def test_existing_data_is_copied_before_it_is_migrated(folder, tmp_path, clock):
    migrate(folder, program(tmp_path, "uploads"), clock)
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute("INSERT INTO uploads VALUES (7)")
    migrate(folder, program(tmp_path, "uploads", "quotas"), clock)
    (copy,) = folder.backups.iterdir()
    assert tables(folder.database) == {"uploads", "quotas"}
    assert tables(copy) == {"uploads"}
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT n FROM uploads").fetchall() == [(7,)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_is_up_to_date_is_not_copied(folder, tmp_path, clock):
    migrate(folder, program(tmp_path, "uploads"), clock)
    assert migrate(folder, program(tmp_path, "uploads", more="1"), clock) == {"files": []}
    assert not folder.backups.exists()


def test_the_last_three_copies_are_kept(folder, tmp_path, clock):
    migrate(folder, program(tmp_path, "uploads"), clock)
    made = []
    for _ in range(5):
        made.append(back_up(folder, clock.now()))
        clock.forward(seconds=1)
    assert sorted(folder.backups.iterdir()) == made[-3:]


def test_a_migration_that_fails_leaves_the_data_and_the_copy(folder, tmp_path, clock):
    migrate(folder, program(tmp_path, "uploads"), clock)
    with pytest.raises(ZeroDivisionError):
        migrate(folder, program(tmp_path, "uploads", "quotas", more="1 / 0"), clock)
    assert tables(folder.database) == {"uploads"}
    assert len(list(folder.backups.iterdir())) == 1


def test_a_newer_database_is_refused_and_left_alone(folder, tmp_path, clock):
    older = program(tmp_path, "uploads")
    migrate(folder, program(tmp_path, "uploads", "quotas"), clock)
    with pytest.raises(CannotStart, match=r"newer than this program.*0002"):
        migrate(folder, older, clock)
    assert tables(folder.database) == {"uploads", "quotas"}
    assert not folder.backups.exists()


def test_a_file_that_is_no_database_is_refused(folder, tmp_path, clock):
    folder.database.write_bytes(b"nothing of the kind " * 100)
    with pytest.raises(CannotStart, match="cannot open"):
        migrate(folder, program(tmp_path, "uploads"), clock)


def test_a_copy_that_cannot_be_made_stops_the_migration(folder, tmp_path, clock):
    migrate(folder, program(tmp_path, "uploads"), clock)
    folder.backups.touch()
    with pytest.raises(CannotStart, match="cannot use"):
        migrate(folder, program(tmp_path, "uploads", "quotas"), clock)
    assert tables(folder.database) == {"uploads"}


def test_a_database_that_is_a_folder_is_refused(folder, tmp_path, clock):
    folder.database.mkdir()
    with pytest.raises(CannotStart, match="cannot open"):
        migrate(folder, program(tmp_path, "uploads"), clock)
