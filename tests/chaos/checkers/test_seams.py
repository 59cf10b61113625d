"""Who returns hears what was missed exactly once, then what comes."""

from tertulia.chaos.checkers.seams import check
from tests.chaos.checkers.stories import Story


def spoken(story: Story, count: int = 5) -> Story:
    for number in range(count):
        story.sends("bruno", f"m{number}")
    return story


def test_missed_then_live(story: Story):
    spoken(story).begins("ana", 2)
    story.hears("ana", 3, 4, by="catch_up")
    story.hears("ana", 5)
    assert check(story.history()) == []


def test_a_new_client_hears_what_comes(story: Story):
    spoken(story).begins("ana", 3)
    story.hears("ana", 4, 5)
    assert check(story.history()) == []


def test_nothing_was_missed(story: Story):
    spoken(story).begins("ana", 5)
    assert check(story.history()) == []


def test_the_update_at_the_cursor_comes_again(story: Story):
    spoken(story).begins("ana", 2)
    story.hears("ana", 2, 3, 4, 5, by="catch_up")
    (found,) = check(story.history())
    assert found.checker == "C7"
    assert "resumed at 2 and was given 2 first" in found.says


def test_the_first_missed_update_is_left_out(story: Story):
    spoken(story).begins("ana", 2)
    story.hears("ana", 4, 5, by="catch_up")
    assert "was given 4 first" in check(story.history())[0].says


def test_a_gap_between_missed_and_live(story: Story):
    spoken(story).begins("ana", 2)
    story.hears("ana", 3, by="catch_up")
    story.hears("ana", 5)
    (found,) = check(story.history())
    assert "caught up to 3, and heard 5 first" in found.says


def test_a_gap_before_what_comes_live(story: Story):
    spoken(story).begins("ana", 2)
    story.hears("ana", 4, 5)
    assert [it.checker for it in check(story.history())] == ["C7"]


def test_the_end_is_missing(story: Story):
    spoken(story).begins("ana", 2)
    story.hears("ana", 3, 4)
    (found,) = check(story.history())
    assert "heard nothing above 4; the head is 5" in found.says


def test_a_lost_connection_owes_nothing_more(story: Story):
    spoken(story).begins("ana", 2)
    story.hears("ana", 5)
    story.loses("ana")
    assert check(story.history()) == []


def test_who_was_removed_is_owed_nothing_more(story: Story):
    spoken(story).begins("ana", 2)
    story.hears("ana", 3)
    story.is_removed("ana", 3)
    assert check(story.history()) == []


def test_another_epoch_that_was_not_noticed(story: Story):
    spoken(story).begins("ana", 5)
    (found,) = check(story.history(epoch="second"))
    assert "went on in epoch first" in found.says
