"""Both sides say the same to each script, but for the differences that are written down."""

from collections.abc import Callable

import pytest

from tests.realtime.differential.conftest import Ask
from tests.realtime.differential.corpus.all import OVER_TLS, SCRIPTS
from tests.realtime.differential.deliberate import DELIBERATE
from tests.realtime.differential.difference import Difference
from tests.realtime.differential.player import Said
from tests.realtime.differential.through_asgi import ASGI, through_asgi


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_engine_says_what_the_reference_says(name: str, ask: Ask):
    compare(ask("oracle").said[name], ask("fast").said[name], DELIBERATE.get(name))


@pytest.mark.parametrize("name", OVER_TLS)
def test_it_says_the_same_over_tls(name: str, ask: Ask):
    compare(ask("oracle").said[name], ask("tls").said[name], DELIBERATE.get(name))


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_says_the_same_through_plain_asgi(name: str, ask: Ask):
    difference = ASGI.get(name) or DELIBERATE.get(name)
    compare(ask("oracle").said[name], ask("asgi").said[name], difference, through_asgi)


def compare(
    oracle: Said,
    engine: Said,
    difference: Difference | None,
    view: Callable[[Said], Said] = lambda said: said,
):
    if difference is None:
        assert view(engine) == view(oracle)
    else:
        assert view(engine) == view(difference.expected(oracle, engine)), difference.reason
        assert engine != oracle, "It does not differ any more."


@pytest.mark.parametrize("driver", ["fast", "tls"])
def test_the_engine_complains_of_nothing(driver: str, ask: Ask):
    assert not ask(driver).complaints


def test_it_complains_of_nothing_through_plain_asgi(ask: Ask):
    # Uvicorn complains of what is no UTF-8, and of each WebSocket that is refused with a reason.
    assert not [it for it in ask("asgi").complaints if "tertulia/realtime" in it]


def test_the_reference_keeps_nobody_waiting(ask: Ask):
    late = [
        f"{name}, {channel}: {entry}"
        for name, channels in ask("oracle").said.items()
        for channel, entries in channels.items()
        for entry in entries
        if entry.startswith("(no end")
    ]
    assert not late


def test_each_difference_is_of_a_script():
    assert DELIBERATE.keys() | ASGI.keys() <= SCRIPTS.keys()
