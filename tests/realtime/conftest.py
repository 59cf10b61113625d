"""One server for each driver, which serves the application of whichever test runs."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from functools import cache
from typing import Any

import pytest

from tests.realtime.caller import Caller
from tests.realtime.listener import Site
from tests.realtime.serving import DRIVERS, OURS, Certificate, Driver, Host

Serve = Callable[[Callable[[Any], Any]], Site]
Connect = Callable[..., Awaitable[Caller]]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate that every secure server of the run shares."""
    return Certificate.make(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def host_of(certificate: Certificate) -> Iterator[Callable[[Driver], Host]]:
    """The running server of a driver; started when it is first asked for."""
    with ExitStack() as stopping:
        yield cache(lambda driver: stopping.enter_context(Host(driver, certificate)))


@pytest.fixture(params=("stock", *OURS))
def driver(request: pytest.FixtureRequest) -> Driver:
    """Every driver in turn; a test that is about some names them."""
    return DRIVERS[request.param]


@pytest.fixture
def layer() -> str:
    """Which library an application is given: `socketio` or `engineio`."""
    return "socketio"


@pytest.fixture
async def serve(
    driver: Driver, layer: str, host_of: Callable[[Driver], Host], quiet: None
) -> AsyncIterator[Serve]:
    """Serve an application: a function that is given the library and returns the ASGI application."""
    async with AsyncExitStack() as leaving:

        def serve(application: Callable[[Any], Any]) -> Site:
            host = host_of(driver)
            host.app = application(driver.library(layer))
            return Site(host, leaving)

        yield serve


@pytest.fixture
async def connect(serve: Serve) -> AsyncIterator[Connect]:
    """Connect an Engine.IO client to an application, which is served first, or to a site."""
    async with AsyncExitStack() as leaving:

        async def connect(application: Any, *, site: Site | None = None, **options: Any) -> Caller:
            caller = Caller(site or serve(application))
            leaving.push_async_callback(caller.close)
            await caller.connect(**options)
            return caller

        yield connect


@pytest.fixture
def quiet(driver: Driver, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing of ours ends in a traceback; a test that wants one clears `caplog`."""
    yield
    if driver.name != "stock":
        records = [r for when in ("call", "teardown") for r in caplog.get_records(when)]
        assert not [it.getMessage() for it in records if is_ours(it)]


def is_ours(record: logging.LogRecord) -> bool:
    """Whether an error comes from a server, and is one: Uvicorn calls a refusal with a body so too."""
    is_error = record.levelno >= logging.ERROR and str(record.threadName).startswith("host ")
    return is_error and "without completing handshake" not in record.getMessage()
