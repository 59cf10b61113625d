"""The official client cannot tell this server from the one that it was written for."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.realtime.clients.application import application
from tests.realtime.clients.official import Notes, names, oracle, play
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
    with oracle() as url:
        yield cache(lambda setting: play(url, setting, certificate))


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
