"""The client rule: whatever the network does to the updates, each is heard once and in order."""

from hypothesis import given
from hypothesis import strategies as st

from tertulia.client.models import Head, MessagePage, Position
from tertulia.client.reducer import HELD, Forgotten, Reducer, Resynced
from tertulia.client.updates import CaughtUp, Update

EPOCH = "e1"


def update(seq: int, conversation_id: str = "plaza") -> Update:
    return Update(conversation_id=conversation_id, seq=seq, type="message_edited")


def head(seq: int, *, epoch: str = EPOCH, read: int = 0) -> Head:
    return Head(epoch=epoch, head=seq, read=read)


def started(seq: int = 0, conversation_id: str = "plaza") -> Reducer:
    reducer = Reducer()
    reducer.ready({conversation_id: head(seq)})
    return reducer


def answer(*seqs: int, **parts: object) -> CaughtUp:
    items = [{"conversation_id": "plaza", "seq": seq, "type": "x"} for seq in seqs]
    return CaughtUp.model_validate({"updates": items, **parts})


def page(seq: int, epoch: str) -> MessagePage:
    return MessagePage(items=[], head=seq, epoch=epoch)


def seqs(changes) -> list[int]:
    return [change.seq for change in changes if isinstance(change, Update)]


def catch_up(reducer: Reducer, newest: int) -> list[int]:
    """Ask a server that has everything up to `newest`, as a client does."""
    heard: list[int] = []
    while asked := reducer.find_missing():
        since = asked["plaza"].seq
        missed = range(since + 1, min(newest, since + 5) + 1)
        more = since + 5 < newest
        told = answer(*missed, heads={"plaza": head(newest)}, more=more)
        heard += seqs(reducer.caught_up(asked, told))
    return heard


@given(st.lists(st.integers(1, 20)), st.integers(0, 20))
def test_every_update_is_heard_once_and_in_order(arrivals, start):
    """Shuffled, doubled and lost: the next ones are told, and catching up brings the rest."""
    reducer = started(start)
    heard = [seq for each in arrivals for seq in seqs(reducer.update(update(each)))]
    heard += catch_up(reducer, 20)
    expected = max([start, *arrivals])
    assert heard == list(range(start + 1, max(expected, heard[-1] if heard else start) + 1))
    assert len(heard) >= expected - start


@given(st.data())
def test_catching_up_amid_live_updates_leaves_no_seam(data):
    """Live ones that arrive between a question and its answer are neither lost nor doubled."""
    reducer = started(0)
    lost = data.draw(st.integers(1, 10))
    heard = seqs(reducer.update(update(lost + 1)))
    assert heard == []
    asked = reducer.find_missing()
    live = data.draw(st.permutations(range(lost + 2, lost + 6)))
    cut = data.draw(st.integers(0, len(live)))
    for seq in live[:cut]:
        heard += seqs(reducer.update(update(seq)))
    told = data.draw(st.integers(lost, lost + 4))
    heard += seqs(
        reducer.caught_up(asked, answer(*range(1, told + 1), heads={"plaza": head(told)}))
    )
    for seq in live[cut:]:
        heard += seqs(reducer.update(update(seq)))
    heard += catch_up(reducer, lost + 5)
    assert heard == list(range(1, lost + 6))


def test_a_new_client_begins_at_the_heads():
    reducer = started(7)
    assert not reducer.find_missing()
    assert seqs(reducer.update(update(7))) == []
    assert seqs(reducer.update(update(8))) == [8]
    assert reducer.get_position("plaza") == Position(epoch=EPOCH, seq=8)


def test_an_update_that_outruns_ready_is_not_lost():
    reducer = Reducer()
    reducer.update(update(4))
    assert seqs(reducer.ready({"plaza": head(3)})) == [4]


def test_an_update_that_outruns_the_place_it_is_in_is_not_lost():
    reducer = started(0)
    reducer.update(update(1, "taller"))
    assert seqs(reducer.added("taller", head(0))) == [1]


def test_a_place_gained_while_away_begins_where_the_membership_began():
    reducer = started(0)
    reducer.lost()
    reducer.ready({"plaza": head(0), "taller": head(5, read=3)})
    assert reducer.find_missing() == {"taller": Position(epoch=EPOCH, seq=3)}


def test_what_was_missed_while_away_is_asked_for():
    reducer = started(2)
    reducer.lost()
    reducer.ready({"plaza": head(6)})
    assert reducer.find_missing() == {"plaza": Position(epoch=EPOCH, seq=2)}
    assert catch_up(reducer, 6) == [3, 4, 5, 6]


def test_nothing_is_asked_when_nothing_was_missed():
    reducer = started(2)
    reducer.lost()
    reducer.ready({"plaza": head(2)})
    assert not reducer.find_missing()


def test_a_question_names_at_most_so_many_conversations():
    reducer = Reducer()
    reducer.ready({str(n): head(0) for n in range(700)})
    reducer.lost()
    reducer.ready({str(n): head(1) for n in range(700)})
    assert len(reducer.find_missing()) == 500


def test_another_epoch_needs_a_snapshot_and_goes_on_from_it():
    reducer = started(9)
    reducer.lost()
    reducer.ready({"plaza": head(4, epoch="e2")})
    assert reducer.stale() == ["plaza"]
    assert reducer.update(update(6)) == []
    told = reducer.snapshot("plaza", page(5, "e2"))
    assert told == [Resynced("plaza", page(5, "e2")), update(6)]
    assert reducer.get_position("plaza") == Position(epoch="e2", seq=6)
    assert not reducer.stale()


def test_a_head_below_mine_is_another_history():
    reducer = started(9)
    reducer.lost()
    reducer.ready({"plaza": head(8)})
    assert reducer.stale() == ["plaza"]


def test_an_older_answer_does_not_look_like_another_history():
    """The server looked before the last live update: that is no reason for a snapshot."""
    reducer = started(0)
    reducer.update(update(2))
    asked = reducer.find_missing()
    reducer.update(update(3))
    assert seqs(reducer.caught_up(asked, answer(1, heads={"plaza": head(1)}))) == [1, 2, 3]
    assert not reducer.stale()


def test_updates_of_the_old_history_are_not_mixed_into_the_new():
    reducer = started(0)
    reducer.update(update(5))
    asked = reducer.find_missing()
    reducer.caught_up(asked, answer(resync=["plaza"], heads={"plaza": head(3, epoch="e2")}))
    assert reducer.snapshot("plaza", page(3, "e2")) == [Resynced("plaza", page(3, "e2"))]


def test_gone_and_removed_are_forgotten_once():
    reducer = started(0)
    reducer.update(update(3))
    asked = reducer.find_missing()
    assert reducer.caught_up(asked, answer(gone=["plaza"])) == [Forgotten("plaza")]
    assert reducer.removed("plaza") == []
    assert reducer.get_position("plaza") is None
    assert reducer.snapshot("plaza", page(3, EPOCH)) == []


def test_a_place_left_elsewhere_is_heard_to_its_end_and_forgotten():
    reducer = started(2)
    reducer.lost()
    reducer.ready({})
    asked = reducer.find_missing()
    assert asked == {"plaza": Position(epoch=EPOCH, seq=2)}
    assert reducer.caught_up(asked, answer(3, heads={})) == [update_x(3), Forgotten("plaza")]


def update_x(seq: int) -> Update:
    return Update(conversation_id="plaza", seq=seq, type="x")


def test_what_is_held_is_bounded_and_asked_for_again():
    reducer = started(0)
    for seq in range(2, HELD + 100):
        assert reducer.update(update(seq)) == []
    newest = HELD + 99
    assert catch_up(reducer, newest) == list(range(1, newest + 1))


def test_an_unknown_type_counts():
    reducer = started(0)
    told = {"conversation_id": "plaza", "seq": 1, "type": "poll_opened", "poll": {}}
    asked = {"plaza": Position(epoch=EPOCH, seq=0)}
    assert seqs(reducer.caught_up(asked, CaughtUp.model_validate({"updates": [told]}))) == [1]
