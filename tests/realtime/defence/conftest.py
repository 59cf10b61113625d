"""A server on each of the two drivers, whose limits the tests choose."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from tests.realtime.defence.stand import Stand
from tests.realtime.serving import DRIVERS, Driver, Host


@pytest.fixture(params=["fast", "asgi"])
def driver(request: pytest.FixtureRequest) -> Driver:
    """The fast one under uvloop, and plain ASGI."""
    return DRIVERS[request.param]


@pytest.fixture
async def stand(
    driver: Driver, host_of: Callable[[Driver], Host], quiet: None
) -> AsyncIterator[Stand]:
    """A place for the server of a test; nothing that a client does may be logged as an error."""
    async with AsyncExitStack() as leaving:
        yield Stand(host_of(driver), leaving)
