"""One id, one message, however often it is sent."""

from tertulia.chaos.checkers.identity import check
from tests.chaos.checkers.stories import Story


def test_sent_three_times_and_there_once(story: Story):
    story.sends("ana", "m1")
    for _ in range(2):
        story.is_told_seq(story.asks_to_send("bruno", "m1"), 1)
    assert check(story.history()) == []


def test_there_twice(story: Story):
    sent = story.sends("ana", "m1")
    story.posts("m1")
    (found,) = check(story.history())
    assert (found.checker, found.says) == ("C2", "message m1 was posted at 1, 2")
    assert found.operations[0] == sent


def test_acknowledged_at_two_places(story: Story):
    story.sends("ana", "m1")
    again = story.asks_to_send("ana", "m1")
    story.is_told_seq(again, 2)
    (found,) = check(story.history())
    assert found.checker == "C2"
    assert again in found.operations


def test_acknowledged_as_another_message(story: Story):
    story.sends("ana", "m1")
    again = story.asks_to_send("ana", "m1")
    story.is_told(again, message={"id": "m9", "seq": 1})
    (found,) = check(story.history())
    assert "m9" in found.says


def test_two_views_that_agree(story: Story):
    story.sends("ana", "m1")
    assert check(story.history(list(story.log))) == []


def test_a_view_that_lacks_something(story: Story):
    story.sends("ana", "m1")
    story.sends("ana", "m2")
    (found,) = check(story.history(story.log[:1]))
    assert found.checker == "C2"
    assert "reader 0 sees 2 updates" in found.says


def test_a_view_that_shows_another_message(story: Story):
    story.sends("ana", "m1")
    other = Story()
    other.posts("m2")
    (found,) = check(story.history(other.log))
    assert "m1" in found.says
    assert "m2" in found.says
