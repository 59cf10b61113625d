"""What was acknowledged is there; what failed is not."""

from tertulia.chaos.checkers.durability import check
from tertulia.chaos.history import Invoked
from tests.chaos.checkers.stories import Story


def test_acknowledged_and_there(story: Story):
    story.sends("ana", "m1")
    assert check(story.history()) == []


def test_unknown_may_be_there_or_not(story: Story):
    story.knows_nothing(story.asks_to_send("ana", "m1"))
    story.asks_to_send("ana", "m2")
    story.posts("m2")
    assert check(story.history()) == []


def test_acknowledged_and_lost(story: Story):
    sent = story.asks_to_send("ana", "m1")
    story.is_told_seq(sent, 1)
    (found,) = check(story.history())
    assert found.checker == "C1"
    assert found.operations[0] == sent
    assert len(found.operations) == 2


def test_acknowledged_elsewhere_than_it_stands(story: Story):
    story.sends("ana", "m1")
    sent = story.asks_to_send("ana", "m2")
    story.is_told_seq(sent, 7)
    story.posts("m2")
    (found,) = check(story.history())
    assert (found.checker, found.operations[0]) == ("C1", sent)
    assert "acknowledged as 7 and stands at 2" in found.says


def test_one_acknowledgement_among_failures_counts(story: Story):
    story.is_refused(story.asks_to_send("ana", "m1"))
    story.sends("ana", "m1")
    assert check(story.history()) == []


def test_failed_and_there(story: Story):
    for _ in range(2):
        story.is_refused(story.asks_to_send("ana", "m1"))
    story.posts("m1")
    (found,) = check(story.history())
    assert found.checker == "C10"
    assert sum(isinstance(it, Invoked) for it in found.operations) == 2


def test_a_failure_beside_an_unknown_end_proves_nothing(story: Story):
    story.knows_nothing(story.asks_to_send("ana", "m1"))
    story.is_refused(story.asks_to_send("ana", "m1"))
    story.posts("m1")
    assert check(story.history()) == []
