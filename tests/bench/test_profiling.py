"""A profile by layer: a sample belongs to the innermost frame that a layer names."""

from collections import Counter

import pytest

from tertulia.bench.profiling import OTHER, WAITING, by_layer, layer_of, layer_table, line_table

LOOP = "run (uvloop/loop.pyx:1)"
ENGINE = "receive (tertulia/realtime/engine/socket.py:40)"
HANDLER = "say (tertulia/bench/servers/application.py:30)"
ROOMS = "flush (tertulia/realtime/rooms.py:90)"


@pytest.mark.parametrize(
    ("frames", "layer"),
    [
        ([LOOP], "event loop"),
        ([LOOP, "epoll_wait (libc.so.6)"], WAITING),
        ([LOOP, ENGINE], "engine: sessions, heartbeats"),
        ([LOOP, ENGINE, HANDLER], "application"),
        ([LOOP, ENGINE, HANDLER, ROOMS], "rooms and flush"),
        ([LOOP, ROOMS, "uv_write (uvloop)", "send (libc.so.6)"], "kernel: send"),
        ([LOOP, ROOMS, "append (builtins)"], "rooms and flush"),
        (["main (somewhere.py:1)"], OTHER),
    ],
)
def test_the_innermost_frame_decides(frames, layer):
    assert layer_of(frames) == layer


def test_samples_are_added_up():
    lines = [f"{LOOP};{ENGINE} 3", f"{LOOP};{ENGINE};{HANDLER} 5", f"{LOOP};{ENGINE} 1"]
    assert by_layer(lines) == Counter({"application": 5, "engine: sessions, heartbeats": 4})


def test_shares_are_shares_of_what_a_delivery_costs():
    layers = Counter({"kernel: send": 3, "event loop": 1, WAITING: 9})
    table = layer_table(layers, each=200.0)
    assert table.splitlines()[2:] == [
        "| kernel: send | 75.0 % | 150.0 |",
        "| event loop | 25.0 % | 50.0 |",
    ]


def test_a_line_of_python_answers_for_what_it_calls():
    stacks = [f"{LOOP};{ROOMS};uv_write (uvloop) 3", f"{LOOP};{ROOMS} 1", f"{LOOP};{HANDLER} 4"]
    waiting = f"{LOOP};epoll_wait (libc.so.6) 9"
    assert line_table([*stacks, waiting], most=1).splitlines()[2:] == [f"| {ROOMS} | 50.0 % |"]
