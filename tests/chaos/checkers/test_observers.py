"""Everybody sees the same log without a gap."""

import copy

from tertulia.chaos.checkers.observers import check
from tests.chaos.checkers.stories import Story


def spoken(story: Story, count: int = 4) -> Story:
    story.begins("ana")
    for number in range(count):
        story.sends("bruno", f"m{number}")
    return story


def test_all_in_order(story: Story):
    spoken(story).hears("ana", 1, 2, 3, 4)
    assert check(story.history()) == []


def test_missed_and_live_may_overlap(story: Story):
    spoken(story).hears("ana", 3, 4)
    story.hears("ana", 1, 2, 3, by="catch_up")
    assert check(story.history()) == []


def test_a_gap(story: Story):
    spoken(story).hears("ana", 1, 2, 4)
    (found,) = check(story.history())
    assert (found.checker, found.says) == ("C4", "ana in plaza heard 4 after 2, live")
    assert len(found.operations) == 2


def test_a_double(story: Story):
    spoken(story).hears("ana", 1, 2, 2, 3, 4)
    assert "heard 2 after 2" in check(story.history())[0].says


def test_a_step_back(story: Story):
    spoken(story).hears("ana", 1, 3, 2, 4)
    assert {it.checker for it in check(story.history())} == {"C4"}


def test_two_connections_are_two_sightings(story: Story):
    spoken(story).hears("ana", 1, 2)
    story.loses("ana")
    story.begins("ana", 1)
    story.hears("ana", 2, 3, 4)
    assert check(story.history()) == []


def test_another_message_at_the_same_place(story: Story):
    spoken(story).hears("ana", 1)
    other = copy.deepcopy(story.log[1])
    other["message"]["id"] = "m9"
    story.hears_instead("ana", 2, other)
    (found,) = check(story.history())
    assert "m9" in found.says


def test_another_text_in_the_same_message(story: Story):
    spoken(story, 1)
    other = copy.deepcopy(story.log[0])
    other["message"]["text"] = "never said"
    story.hears_instead("ana", 1, other)
    (found,) = check(story.history())
    assert "“never said”" in found.says
    story.log[0]["message"]["edited_at"] = "later"
    assert check(story.history()) == []


def test_what_is_not_there_at_the_end(story: Story):
    spoken(story, 1).hears("ana", 1)
    story.hears_instead("ana", 2, {"seq": 2, "type": "message_posted"})
    (found,) = check(story.history())
    assert "not there at the end" in found.says


def test_a_hole_in_the_log_itself(story: Story):
    spoken(story, 2)
    story.log[1]["seq"] = 3
    (found,) = check(story.history())
    assert "finds 3 at place 2" in found.says
