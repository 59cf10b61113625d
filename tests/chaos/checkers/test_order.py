"""Messages stand in the order sent, and in the order of time."""

from tertulia.chaos.checkers.order import check
from tests.chaos.checkers.stories import PLAZA, Story

READ = "conversations.list_updates"


def test_pipelined_in_order(story: Story):
    story.begins("ana")
    sent = [story.asks_to_send("ana", f"m{number}") for number in range(3)]
    for number, each in enumerate(sent):
        story.posts(f"m{number}")
        story.is_told_seq(each, number + 1)
    assert check(story.history()) == []


def test_pipelined_and_swapped(story: Story):
    story.begins("ana")
    first, second = story.asks_to_send("ana", "m1"), story.asks_to_send("ana", "m2")
    story.posts("m2")
    story.posts("m1")
    story.is_told_seq(second, 1)
    story.is_told_seq(first, 2)
    (found,) = check(story.history())
    assert found.checker == "C5"
    assert found.operations == (first, second)


def test_calls_over_http_have_no_order(story: Story):
    first, second = story.asks_to_send("ana/http", "m1"), story.asks_to_send("ana/http", "m2")
    story.posts("m2")
    story.posts("m1")
    story.is_told_seq(second, 1)
    story.is_told_seq(first, 2)
    assert check(story.history()) == []


def test_what_was_lost_may_be_sent_again_later(story: Story):
    story.begins("ana")
    story.knows_nothing(story.asks_to_send("ana", "m1"))
    story.sends("ana", "m2")
    story.sends("ana", "m1")
    assert check(story.history()) == []


def test_what_came_in_elsewhere_has_no_order(story: Story):
    story.begins("ana")
    first, second = story.asks_to_send("ana", "m1"), story.asks_to_send("ana", "m2")
    story.asks_to_send("ana/http", "m2")
    story.posts("m2")
    story.posts("m1")
    story.is_told_seq(first, 2)
    story.is_told_seq(second, 1)
    assert check(story.history()) == []


def test_sent_after_the_answer_and_standing_before(story: Story):
    first = story.asks_to_send("ana", "m1")
    story.is_told_seq(first, 2)
    second = story.asks_to_send("bruno", "m2")
    story.posts("m2")
    story.posts("m1")
    story.is_told_seq(second, 1)
    (found,) = check(story.history())
    assert found.checker == "C6"
    assert second in found.operations
    assert len(found.operations) == 3


def test_beside_each_other_any_order_is_right(story: Story):
    first, second = story.asks_to_send("ana", "m1"), story.asks_to_send("bruno", "m2")
    story.posts("m2")
    story.posts("m1")
    story.is_told_seq(first, 2)
    story.is_told_seq(second, 1)
    assert check(story.history()) == []


def test_a_read_shows_what_was_acknowledged(story: Story):
    story.sends("ana", "m1")
    story.is_told(story.asks("ana", READ, conversation_id=PLAZA), head=1)
    assert check(story.history()) == []


def test_a_read_that_lacks_what_was_acknowledged(story: Story):
    story.sends("ana", "m1")
    read = story.asks("ana", READ, conversation_id=PLAZA)
    story.is_told(read, head=0)
    (found,) = check(story.history())
    assert found.checker == "C6"
    assert read in found.operations


def test_a_read_that_goes_back(story: Story):
    story.is_told(story.asks("ana", READ, conversation_id=PLAZA), head=5)
    story.is_told(story.asks("ana", READ, conversation_id=PLAZA), head=4)
    assert [it.checker for it in check(story.history())] == ["C6"]


def test_a_long_history_is_judged_in_time(story: Story):
    story.begins("ana")
    for number in range(20_000):
        story.sends("ana", f"m{number}")
    assert check(story.history()) == []
