"""A file that is marked takes no changes, whoever has it open; reads go on."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tertulia.kernel.errors import ReadOnly
from tertulia.kit.db.copies import copy_database
from tertulia.kit.db.marks import Mark, find_mark, set_mark
from tests.kit.words import add, words


@pytest.mark.parametrize("mark", [Mark.MOVING, Mark.MOVED])
async def test_a_marked_file_refuses_changes_and_is_read(database, tmp_path, mark):
    await add(database, "hola")
    set_mark(tmp_path / "test.db", mark)
    refusals = await add(database, "tarde", "y", "con", "prisa")
    assert all(isinstance(refusal, ReadOnly) and refusal.retry_after for refusal in refusals)
    assert await words(database) == ["hola"]


async def test_changes_go_on_once_the_mark_is_taken_away(database, tmp_path):
    set_mark(tmp_path / "test.db", Mark.MOVING)
    set_mark(tmp_path / "test.db", Mark.NONE)
    await add(database, "hola")
    assert await words(database) == ["hola"]


async def test_a_copy_of_a_marked_file_is_marked(database, tmp_path):
    set_mark(tmp_path / "test.db", Mark.MOVED)
    copy_database(tmp_path / "test.db", tmp_path / "copy.db")
    assert find_mark(tmp_path / "copy.db") == Mark.MOVED


def test_a_mark_is_found_in_what_a_crash_left(tmp_path: Path):
    """A journal that has to be rolled back first, as a power cut leaves it while tables are made."""
    path, left = tmp_path / "t.db", tmp_path / "left.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute(f"PRAGMA user_version={Mark.MOVED:d}")
        connection.execute("PRAGMA cache_size=1")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO t VALUES (?)", [("la " * 500,)] * 200)
        for ending in ("", "-journal"):
            shutil.copy(f"{path}{ending}", f"{left}{ending}")
        connection.execute("ROLLBACK")
    assert find_mark(left) == Mark.MOVED
