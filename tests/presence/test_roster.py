from itertools import count, pairwise

from hypothesis import given
from hypothesis import strategies as st

from tertulia.presence.rules.roster import GRACE, PAUSE, Roster

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
