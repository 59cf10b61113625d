"""Calls keep their order, whatever happens to the connection and whatever is refused."""

from hypothesis import given
from hypothesis import strategies as st

from tertulia.client.calls import Call, Calls


def call(name: str, lane: str = "plaza") -> Call:
    return Call(name, {}, lane)


def names(calls: list[Call]) -> list[str]:
    return [each.name for each in calls]


def test_calls_go_out_at_once_without_waiting_for_each_other():
    calls = Calls()
    calls.connected()
    assert [names(calls.add(call(name))) for name in "abc"] == [["a"], ["b"], ["c"]]


def test_what_is_asked_without_a_connection_goes_out_with_the_next_one():
    calls = Calls()
    assert [calls.add(call(name)) for name in "ab"] == [[], []]
    assert names(calls.connected()) == ["a", "b"]


def test_what_is_unanswered_goes_out_again_in_the_order_asked():
    calls = Calls()
    calls.connected()
    made = [call("a"), call("b", "taller"), call("c")]
    for each in made:
        calls.add(each)
    calls.settle(made[0])
    calls.lost()
    calls.add(call("d", "taller"))
    assert names(calls.connected()) == ["b", "c", "d"]


def test_a_call_refused_for_now_holds_back_those_after_it():
    calls = Calls()
    calls.connected()
    first, second, third = call("a"), call("b"), call("c")
    calls.add(first)
    calls.add(second)
    assert calls.hold(first)
    assert not calls.hold(second)
    assert calls.add(third) == []
    assert names(calls.resume("plaza")) == ["a"]
    assert names(calls.settle(first)) == ["b"]
    assert names(calls.settle(second)) == ["c"]
    assert calls.settle(third) == []
    assert names(calls.add(call("d"))) == ["d"]


def test_another_lane_does_not_wait():
    calls = Calls()
    calls.connected()
    held = call("a")
    calls.add(held)
    calls.hold(held)
    assert names(calls.add(call("b", "taller"))) == ["b"]


def test_a_call_that_was_withdrawn_is_not_sent_again():
    calls = Calls()
    withdrawn = call("a")
    calls.add(withdrawn)
    calls.settle(withdrawn)
    assert calls.connected() == []
    assert calls.settle(withdrawn) == []
    assert calls.resume("plaza") == []


STEPS = st.lists(st.sampled_from(["add", "connect", "lose", "take", "refuse", "resume"]))


@given(STEPS)
def test_the_server_takes_every_call_of_a_lane_once_and_in_order(steps):
    """Against a server that may refuse what is on the way, or vanish, at any moment."""
    calls = Calls()
    unsent = [call(str(n)) for n in range(6)]
    on_the_way, taken = list[Call](), list[str]()
    connected = False
    finish = ["connect", "resume", *["add"] * 6, *["take"] * 6]
    for step in [*steps, *finish]:
        if step == "add" and unsent:
            on_the_way += calls.add(unsent.pop(0))
        elif step == "connect" and not connected:
            connected, on_the_way = True, calls.connected()
        elif step == "lose" and connected:
            connected, on_the_way = False, []
            calls.lost()
        elif step == "take" and on_the_way:
            first = on_the_way.pop(0)
            taken.append(first.name)
            on_the_way += calls.settle(first)
        elif step == "refuse":
            # A server that refuses one for now refuses those behind it too.
            for each in on_the_way:
                calls.hold(each)
            on_the_way = []
        elif step == "resume":
            on_the_way += calls.resume("plaza")
    assert taken == [str(n) for n in range(6)]
