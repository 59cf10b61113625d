"""Nothing is there that nobody asked for."""

from tertulia.chaos.checkers.phantoms import check
from tertulia.chaos.history import Final, History
from tests.chaos.checkers.stories import EPOCH, Story


def test_everything_was_asked_for(story: Story):
    story.begins("ana")
    story.sends("ana", "m1")
    story.is_told(story.asks("ana", "conversations.edit_message", message_id="m1", text="x"))
    story.logs("message_edited", message=story.log[0]["message"])
    assert check(story.history()) == []


def test_a_line_of_the_system_needs_nobody(story: Story):
    story.posts("m1")["message"]["kind"] = "system"
    assert check(story.history()) == []


def test_a_message_that_nobody_sent(story: Story):
    story.posts("m1")
    (found,) = check(story.history())
    assert found.checker == "C3"
    assert "nobody sent it" in found.says


def test_a_message_in_another_conversation(story: Story):
    sent = story.sends("ana", "m1")
    elsewhere = Final("taller", EPOCH, story.log)
    (found,) = check(History([*story.records, elsewhere]))
    assert found.operations[0] == sent
    assert "stands in taller, and was sent to plaza" in found.says


def test_a_message_by_another_author(story: Story):
    story.begins("ana")
    story.sends("ana", "m1")
    story.log[0]["message"]["author"]["id"] = "bruno"
    (found,) = check(story.history())
    assert "is by bruno, and was sent by ana" in found.says


def test_a_change_that_nobody_made(story: Story):
    story.sends("ana", "m1")
    story.logs("message_deleted", message_id="m1")
    (found,) = check(story.history())
    assert "message_deleted of m1" in found.says
