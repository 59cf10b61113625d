"""Both sides say the same to each script, but for the differences that are written down."""

from collections.abc import Callable

import pytest

from tests.realtime.differential.corpus.all import SCRIPTS
from tests.realtime.differential.deliberate import DELIBERATE
from tests.realtime.differential.player import Said


@pytest.mark.parametrize("side", ["fast", "asgi", "tls"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_engine_says_what_the_reference_says(
    name: str, side: str, said: Callable[[str], dict[str, Said]]
):
    oracle, engine = said("oracle")[name], said(side)[name]
    if difference := DELIBERATE.get(name):
        assert engine == difference.expected(oracle, engine), difference.reason
        assert engine != oracle, "it does not differ any more"
    else:
        assert engine == oracle


def test_nobody_kept_a_client_waiting(said: Callable[[str], dict[str, Said]]):
    late = [
        f"{name}, {channel}: {entry}"
        for name, channels in said("oracle").items()
        for channel, entries in channels.items()
        for entry in entries
        if entry.startswith("(no end")
    ]
    assert not late


def test_each_difference_is_of_a_script():
    assert DELIBERATE.keys() <= SCRIPTS.keys()
