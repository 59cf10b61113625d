"""A server on each of the two drivers, whose limits the tests choose."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.realtime.defence.stand import Stand
from tests.realtime.fuzz.application import is_ours
from tests.realtime.serving import DRIVERS, Driver, Host


@pytest.fixture(params=["fast", "asgi"])
def driver(request: pytest.FixtureRequest) -> Driver:
    """The fast one under uvloop, and plain ASGI."""
    return DRIVERS[request.param]


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that a client does is logged as an error, but what Uvicorn makes one of its own accord."""
    yield
    records = [record for when in ("call", "teardown") for record in caplog.get_records(when)]
    errors = [record for record in records if record.levelno >= logging.ERROR and is_ours(record)]
    assert not [record.getMessage() for record in errors]


@pytest.fixture
async def stand(
    driver: Driver, host_of: Callable[[Driver], Host], quiet: None
) -> AsyncIterator[Stand]:
    """A place for the server of a test."""
    async with AsyncExitStack() as leaving:
        yield Stand(host_of(driver), leaving)
