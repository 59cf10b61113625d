"""Who was removed hears nothing more."""

from tertulia.chaos.checkers.revocation import check
from tests.chaos.checkers.stories import Story


def spoken(story: Story) -> Story:
    story.begins("ana")
    for number in range(4):
        story.sends("bruno", f"m{number}")
    return story


def test_nothing_after_the_removal(story: Story):
    spoken(story).hears("ana", 1, 2)
    story.is_removed("ana", 2)
    assert check(story.history()) == []


def test_an_update_above_the_removal(story: Story):
    spoken(story).hears("ana", 1, 2)
    story.is_removed("ana", 2)
    story.hears("ana", 3)
    (found,) = check(story.history())
    assert found.checker == "C9"
    assert len(found.operations) == 2


def test_an_update_above_the_removal_that_arrives_before_its_answer(story: Story):
    spoken(story).hears("ana", 1, 2, 3)
    story.is_removed("ana", 2)
    assert [it.checker for it in check(story.history())] == ["C9"]


def test_an_update_below_the_removal_may_still_arrive(story: Story):
    spoken(story)
    story.is_removed("ana", 2)
    story.hears("ana", 1, 2)
    assert check(story.history()) == []


def test_who_is_back_hears_again(story: Story):
    spoken(story)
    story.is_removed("ana", 2)
    story.begins("ana", 3)
    story.hears("ana", 4)
    assert check(story.history()) == []


def test_who_is_back_and_removed_again(story: Story):
    spoken(story)
    story.is_removed("ana", 1)
    story.begins("ana", 2)
    story.is_removed("ana", 3)
    story.hears("ana", 4)
    assert [it.checker for it in check(story.history())] == ["C9"]


def lets_in(story: Story, user_id: str) -> int:
    seq: int = story.logs("member_joined", user={"id": user_id})["seq"]
    return seq


def test_who_was_let_in_again_before_the_removal_was_acknowledged(story: Story):
    spoken(story).hears("ana", 1, 2)
    assert lets_in(story, "ana") == 5
    story.sends("bruno", "m5")
    story.begins("ana", 2)
    story.hears("ana", 5)
    story.is_removed("ana", 2)
    story.hears("ana", 3, 4, by="catch_up")
    story.hears("ana", 6)
    assert check(story.history()) == []


def test_what_was_said_before_one_was_let_in_again_is_not_told(story: Story):
    spoken(story).hears("ana", 1, 2)
    lets_in(story, "ana")
    story.is_removed("ana", 2)
    story.hears("ana", 3)
    assert [it.checker for it in check(story.history())] == ["C9"]


def test_that_somebody_else_was_let_in_excuses_nothing(story: Story):
    spoken(story)
    lets_in(story, "carla")
    story.is_removed("ana", 2)
    story.hears("ana", 5)
    assert [it.checker for it in check(story.history())] == ["C9"]


def test_a_second_removal_counts_as_well(story: Story):
    spoken(story)
    lets_in(story, "ana")
    story.is_removed("ana", 2)
    story.is_removed("ana", 5)
    story.sends("bruno", "m6")
    story.hears("ana", 5, 6)
    (found,) = check(story.history())
    assert "heard 6" in found.says


def test_removed_from_everywhere(story: Story):
    spoken(story)
    story.is_removed("ana", 0, everywhere=True)
    story.hears("ana", 4)
    assert check(story.history()) == []
    story.sends("bruno", "m9")
    story.hears("ana", 5)
    assert [it.checker for it in check(story.history())] == ["C9"]


def test_the_others_go_on_hearing(story: Story):
    story.begins("carla")
    spoken(story)
    story.is_removed("ana", 1)
    story.hears("carla", 1, 2, 3, 4)
    assert check(story.history()) == []
