"""Tiny runs against real servers, from the command to the files that it leaves."""

import subprocess
import sys
from dataclasses import replace

import pytest

from tertulia.bench.benchmarks.b1_fan_out import FIGURES
from tertulia.bench.benchmarks.b7_durable import FIGURES as DURABLE_FIGURES
from tertulia.bench.benchmarks.b15_size import by_size, rise
from tertulia.bench.measures import SlowReaders, Storm, durable, fan_out, hold
from tertulia.bench.peers import REALTIME, STOCK, Crowd
from tertulia.bench.product import PRODUCT
from tertulia.bench.runner import chosen

CLIENTS = 8


def test_the_benchmarks_are_chosen_by_their_numbers():
    assert [it.id for it in chosen(["b5", "B4", "B3"], full=False)] == ["B5", "B3+B4"]
    assert [it.id for it in chosen([], full=False)] == [
        "B1",
        "B2",
        "B3+B4",
        "B5",
        "B6",
        "B7",
        "B8",
        "B9",
        "B10",
        "B13",
        "B15",
        "overload",
    ]
    assert "room10k" in [it.id for it in chosen([], full=True)]


@pytest.mark.parametrize("peer", [REALTIME, STOCK, PRODUCT], ids=lambda peer: peer.key)
def test_a_message_reaches_everybody(workshop, peer):
    sample = fan_out(Crowd(CLIENTS, CLIENTS), window=4, seconds=0.3)(workshop, peer)
    assert sample["deliveries"] > 0
    assert all(isinstance(figure.of(sample), float) for figure in FIGURES)


def test_a_message_is_stored_acknowledged_and_heard_in_its_conversation(workshop):
    sample = durable(Crowd(CLIENTS, CLIENTS // 2), window=6, seconds=0.3)(workshop, PRODUCT)
    assert sample["messages"] > 0
    assert all(isinstance(figure.of(sample), float) for figure in DURABLE_FIGURES)


def test_a_message_costs_what_it_costs_whatever_is_there(workshop):
    sizes = {0: PRODUCT, 100: replace(PRODUCT, messages=100)}
    measure = durable(Crowd(CLIENTS, CLIENTS), window=2, seconds=0.2)
    sample = by_size({size: (measure, peer) for size, peer in sizes.items()})(workshop, PRODUCT)
    assert all(sample["sizes"][size]["messages"] > 0 for size in sizes)


def test_the_worst_rise_is_from_a_smaller_size_to_a_larger_one():
    assert rise([8.0, 2.0, 3.0, 1.0]) == 1.5
    assert rise([4.0, 2.0, 1.0]) == 1


@pytest.mark.parametrize("peer", [REALTIME, STOCK, PRODUCT], ids=lambda peer: peer.key)
def test_everybody_comes_back_and_catches_up(workshop, peer):
    assert Storm(CLIENTS, CLIENTS)(workshop, peer)["connections"] == CLIENTS


def test_idle_connections_are_held(workshop):
    sample = hold(Crowd(CLIENTS, CLIENTS, 3), settle=0.1, seconds=0.1)(workshop, REALTIME)
    assert sample["rss_after"] >= sample["rss_before"] / 2 > 0


def test_slow_readers_are_beside_the_others(workshop):
    measure = SlowReaders(members=CLIENTS, slow=2, rate=200, size=1_000, seconds=0.2)
    sample = measure(workshop, REALTIME)
    assert sample["deliveries"] == sample["messages"] * (CLIENTS - 2)
    assert sample["baseline"]["messages"] > 0


def test_a_benchmark_that_there_is_not_is_named_with_those_there_are(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tertulia", "bench", "B99", "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("tertulia: there is no B99; there are B1, B2, B3, B4, B5")
