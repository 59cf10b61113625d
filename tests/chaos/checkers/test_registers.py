"""What can be changed again holds the last acknowledged change."""

from typing import Any

from tertulia.chaos.checkers.registers import check
from tertulia.chaos.history import Invoked
from tests.chaos.checkers.stories import Story

EDIT = "conversations.edit_message"
DELETE = "conversations.delete_message"
REACT = "conversations.add_reaction"
UNREACT = "conversations.remove_reaction"


def edit(story: Story, text: str) -> Invoked:
    return story.asks("ana", EDIT, message_id="m1", text=text)


def final_message(story: Story) -> dict[str, Any]:
    return story.log[0]["message"]


def test_the_text_of_the_last_edit(story: Story):
    story.sends("ana", "m1")
    for text in ("second", "third"):
        story.is_told(edit(story, text))
    final_message(story)["text"] = "third"
    assert check(story.history()) == []


def test_an_edit_that_was_lost(story: Story):
    story.sends("ana", "m1")
    edited = edit(story, "second")
    story.is_told(edited)
    (found,) = check(story.history())
    assert found.checker == "C1"
    assert found.operations[0] == edited


def test_an_edit_that_was_overtaken(story: Story):
    story.sends("ana", "m1")
    story.is_told(edit(story, "second"))
    story.is_told(edit(story, "third"))
    final_message(story)["text"] = "second"
    assert [it.checker for it in check(story.history())] == ["C1"]


def test_edits_beside_each_other_may_come_in_any_order(story: Story):
    story.sends("ana", "m1")
    first, second = edit(story, "second"), edit(story, "third")
    story.is_told(second)
    story.is_told(first)
    final_message(story)["text"] = "second"
    assert check(story.history()) == []


def test_an_edit_whose_end_is_unknown_may_be_there(story: Story):
    story.sends("ana", "m1")
    story.knows_nothing(edit(story, "second"))
    story.is_told(edit(story, "third"))
    for text in ("second", "third"):
        final_message(story)["text"] = text
        assert check(story.history()) == []


def test_an_edit_that_failed(story: Story):
    story.sends("ana", "m1")
    story.is_refused(edit(story, "second"))
    final_message(story)["text"] = "second"
    assert [it.checker for it in check(story.history())] == ["C10"]


def test_sent_again_with_another_text(story: Story):
    story.sends("ana", "m1")
    story.is_told_seq(story.asks_to_send("ana", "m1", "another"), 1)
    assert check(story.history()) == []
    final_message(story)["text"] = "another"
    assert [it.checker for it in check(story.history())] == ["C1"]


def test_a_deletion(story: Story):
    story.sends("ana", "m1")
    story.is_told(story.asks("ana", DELETE, message_id="m1"))
    (found,) = check(story.history())
    assert "acknowledged, and it is there" in found.says
    final_message(story).update(deleted_at="now", text="")
    assert check(story.history()) == []


def test_a_deletion_that_failed(story: Story):
    story.sends("ana", "m1")
    story.is_refused(story.asks("ana", DELETE, message_id="m1"))
    final_message(story).update(deleted_at="now", text="")
    assert [it.checker for it in check(story.history())] == ["C10"]


def react(story: Story, command: str) -> None:
    story.is_told(story.asks("ana", command, message_id="m1", emoji="🎉"))


def test_a_reaction(story: Story):
    story.begins("ana")
    story.sends("ana", "m1")
    react(story, REACT)
    (found,) = check(story.history())
    assert "🎉 of ana is not on m1" in found.says
    final_message(story)["reactions"] = [{"emoji": "🎉", "user_ids": ["ana"]}]
    assert check(story.history()) == []


def test_a_reaction_that_was_taken_back(story: Story):
    story.begins("ana")
    story.sends("ana", "m1")
    react(story, REACT)
    react(story, UNREACT)
    assert check(story.history()) == []
    final_message(story)["reactions"] = [{"emoji": "🎉", "user_ids": ["ana"]}]
    assert [it.checker for it in check(story.history())] == ["C1"]


def test_a_reaction_whose_end_is_unknown(story: Story):
    story.begins("ana")
    story.sends("ana", "m1")
    story.knows_nothing(story.asks("ana", REACT, message_id="m1", emoji="🎉"))
    assert check(story.history()) == []
    final_message(story)["reactions"] = [{"emoji": "🎉", "user_ids": ["ana"]}]
    assert check(story.history()) == []
