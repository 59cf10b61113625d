"""The official client cannot tell this server from the one that it was written for."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.realtime.clients.application import application
from tests.realtime.clients.official import Notes, Oracle, names, play
from tests.realtime.serving import Certificate, Driver, Host

# Transports under each driver; what differs between drivers is the WebSocket.
RUNS = [
    *((driver, it) for driver in ("fast", "asgi") for it in ("polling", "websocket", "upgrade")),
    ("fast", "fetch"),
    ("asyncio", "upgrade"),
    ("tls", "upgrade"),
    ("asgi-tls", "upgrade"),
]


@pytest.fixture(scope="session")
def expected(certificate: Certificate) -> Iterator[Callable[[str], Notes]]:
    """What is noted in a setting against the server of npm."""
    with Oracle() as oracle:
        yield cache(lambda setting: play(oracle.url, setting, certificate))


@pytest.fixture(scope="session")
def noted(
    certificate: Certificate, host_of: Callable[[Driver], Host]
) -> Callable[[Driver, str], Notes]:
    """What is noted in a setting against ours, under a driver."""

    @cache
    def noted(driver: Driver, setting: str) -> Notes:
        host = host_of(driver)
        host.app = application(driver.library())
        return play(host.url, setting, certificate)

    return noted


@pytest.mark.parametrize(("driver", "setting"), RUNS, indirect=["driver"])
@pytest.mark.parametrize("scenario", names())
def test_the_official_client_notes_the_same(driver, setting, scenario, expected, noted):
    notes = noted(driver, setting)[scenario]
    assert notes[-1] == "done", notes[-1]
    assert notes == expected(setting)[scenario]


OFFERS = {
    "all": ({}, {}),
    "polling": ({"transports": ["polling"]}, {"transports": ["polling"]}),
    "websocket": ({"transports": ["websocket"]}, {"transports": ["websocket"]}),
    "no upgrades": ({"allow_upgrades": False}, {"allowUpgrades": False}),
}


@pytest.mark.parametrize("driver", ["fast", "asgi"], indirect=True)
@pytest.mark.parametrize("offer", OFFERS)
def test_the_official_client_takes_what_is_offered(driver, offer, host_of, certificate):
    ours, theirs = OFFERS[offer]
    host = host_of(driver)
    host.app = application(driver.library(), **ours)
    scenario = "transports are taken as they are offered"
    with Oracle(**theirs) as oracle:
        expected = play(oracle.url, "upgrade", certificate, scenario)
    notes = play(host.url, "upgrade", certificate, scenario)
    assert notes[scenario][-1] == "done"
    assert notes == expected
