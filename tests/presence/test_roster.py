from itertools import count, pairwise

from hypothesis import given
from hypothesis import strategies as st

from tertulia.presence.rules.roster import GRACE, PAUSE, PRESUMED, Roster

# Seconds in parts that add up without rounding.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["connect", "disconnect"]),
        st.sampled_from(["ana", "bruno"]),
        st.integers(0, 6 * 64).map(lambda ticks: ticks / 64),
    ),
    max_size=40,
)


@given(STEPS)
def test_what_is_told_is_seldom_alternating_and_true_in_the_end(steps):
    roster, now, told = Roster(), 0.0, []
    open_connections = {"ana": set(), "bruno": set()}
    numbers = count()

    def run_to(moment):
        while roster.next_due is not None and roster.next_due <= moment:
            due = roster.next_due
            told.extend((due, *change) for change in roster.advance(due).items())

    for verb, user_id, passed in steps:
        now += passed
        run_to(now)
        if verb == "connect":
            connection = f"{user_id}{next(numbers)}"
            roster.connect(connection, user_id, now)
            open_connections[user_id].add(connection)
        elif open_connections[user_id]:
            roster.disconnect(open_connections[user_id].pop(), now)
        run_to(now)
    run_to(now + GRACE + PAUSE)

    for user_id, connections in open_connections.items():
        mine = [(moment, state) for moment, who, state in told if who == user_id]
        states = ["offline", *(state for _, state in mine)]
        assert all(one != other for one, other in pairwise(states))
        moments = [moment for moment, _ in mine]
        assert all(b - a >= PAUSE for a, b in pairwise(moments))
        assert states[-1] == roster.state(user_id) == ("online" if connections else "offline")

    run_to(now + 60)
    assert roster.next_due is None
    assert set(roster._people) == {user for user, them in open_connections.items() if them}


def test_who_was_online_before_anything_was_known_is_told_only_if_they_went():
    roster = Roster()
    for user_id in ("ana", "bruno"):
        roster.presume(user_id, 0.0)
    roster.connect("a1", "ana", 1.0)
    assert roster.advance(PRESUMED - 1) == {}
    assert [roster.state(it) for it in ("ana", "bruno", "carla")] == ["online", "online", "offline"]
    assert roster.advance(PRESUMED) == {"bruno": "offline"}
    assert roster.advance(PRESUMED + 60) == {}


def test_more_than_a_presumption_is_known_already():
    roster = Roster()
    roster.connect("a1", "ana", 0.0)
    roster.presume("ana", 0.0)
    assert roster.advance(0.0) == {"ana": "online"}
    roster.disconnect("a1", 1.0)
    assert roster.advance(1.0 + GRACE) == {"ana": "offline"}


def test_a_connection_that_was_lost_may_be_opened_again_and_one_that_was_closed_may_not():
    roster = Roster()
    for connection_id in ("lost", "closed"):
        assert roster.connect(connection_id, "ana", 0.0)
    roster.lose("lost", 1.0)
    roster.disconnect("closed", 1.0)
    assert roster.connect("lost", "ana", 2.0)
    assert not roster.connect("closed", "ana", 2.0)
