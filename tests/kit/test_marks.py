"""A file that is marked takes no changes, whoever has it open; reads go on."""

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
