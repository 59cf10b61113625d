"""What follows in another service follows."""

from tertulia.chaos.checkers.following import LOOK, RENAME, check
from tertulia.chaos.history import Invoked
from tests.chaos.checkers.stories import Story


def rename(story: Story, name: str) -> Invoked:
    return story.asks("ana", RENAME, display_name=name)


def look(story: Story, name: str) -> None:
    story.is_told(story.asks("bruno", LOOK, user_id="ana"), user={"display_name": name})


def test_the_last_name_is_read(story: Story):
    story.begins("ana")
    for name in ("Ana Uno", "Ana Dos"):
        story.is_told(rename(story, name))
    look(story, "Ana Dos")
    assert check(story.history()) == []


def test_a_name_that_did_not_follow(story: Story):
    story.begins("ana")
    for name in ("Ana Uno", "Ana Dos"):
        story.is_told(rename(story, name))
    look(story, "Ana Uno")
    (found,) = check(story.history())
    assert found.checker == "C8"
    assert "reads “Ana Uno”" in found.says


def test_a_name_whose_end_is_unknown_may_be_read(story: Story):
    story.begins("ana")
    story.is_told(rename(story, "Ana Uno"))
    story.knows_nothing(rename(story, "Ana Dos"))
    for name in ("Ana Uno", "Ana Dos"):
        look(story, name)
        assert check(story.history()) == []
