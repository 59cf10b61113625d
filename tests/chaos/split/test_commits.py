"""A network that fails between a COMMIT and its answer, by the stream of one connection."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from tertulia.chaos.split.commits import COMMITTED, Answers, Commits

BEFORE = b"C\x00\x00\x00\x0fINSERT 0 1\x00Z\x00\x00\x00\x05T"
AFTER = b"Z\x00\x00\x00\x05I"
STREAM = BEFORE + COMMITTED + AFTER


@pytest.mark.parametrize("size", [1, 5, 100])
def test_answers_pass(size: int):
    answers = Commits().editor()
    told = [answers(STREAM[at : at + size]) for at in range(0, len(STREAM), size)]
    assert b"".join(told) == STREAM


def told_before_the_end(answers: Answers, size: int) -> Iterator[bytes]:
    with suppress(ConnectionResetError):
        for at in range(0, len(STREAM), size):
            yield answers(STREAM[at : at + size])


@pytest.mark.parametrize("size", [1, 5, 100])
def test_the_connection_ends_before_the_answer_is_whole(size: int):
    commits = Commits()
    commits.lose(1)
    told = b"".join(told_before_the_end(commits.editor(), size))
    assert STREAM.startswith(told)
    assert COMMITTED not in told
    assert commits.lost == 1


def test_so_many_are_lost_and_no_more():
    commits = Commits()
    commits.lose(2)
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            commits.editor()(STREAM)
    assert commits.editor()(STREAM) == STREAM


def test_what_is_no_commit_passes():
    commits = Commits()
    commits.lose(1)
    assert commits.editor()(BEFORE) == BEFORE
    assert commits.lost == 0
