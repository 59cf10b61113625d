"""Why a file cannot be used, in words and not in the system's code."""

import sqlite3
from errno import ELOOP, EROFS

import pytest

from tertulia.cli.wording import word_code, word_disk
from tertulia.cli.words import CATALOGUES, word


def test_what_the_system_says_has_a_word():
    assert word_disk(OSError(EROFS, "Read-only file system")) == word("system.EROFS")


def test_what_has_none_is_told_without_its_number():
    reason = word_disk(OSError(ELOOP, "Too many levels of symbolic links", "here"))
    assert "Errno" not in reason
    assert reason


def test_what_sqlite_says_has_a_word(tmp_path):
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(tmp_path / "nowhere" / "unsent.db")
    assert word_disk(caught.value) == word("system.CANTOPEN")


def test_an_error_that_is_only_of_the_module():
    assert word_disk(sqlite3.ProgrammingError("closed")) == "closed"


def test_a_code_has_its_words_and_an_unknown_one_is_named():
    assert word_code("conversations.archived") == word("errors.conversations.archived")
    assert "of.tomorrow" in word_code("of.tomorrow")
    assert {"errors.unknown", "system.CANTOPEN"} <= CATALOGUES["es"].keys()
