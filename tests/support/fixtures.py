"""Fixtures for stories: a server and a town for each module, a cast for each test."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.support.cast import Cast, Town, gather, settle
from tests.support.deployments import deployed
from tests.support.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server that nobody has set up; the tests of a module share it."""
    with deployed(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture(scope="module")
def town(server: Server) -> Town:
    """The server set up, with Ana, Bruno, Carla and Diego in their spaces."""
    return settle(server)


@pytest.fixture
async def cast(town: Town) -> AsyncIterator[Cast]:
    """Everyone connected, with a «taller» of their own."""
    async with AsyncExitStack() as leaving:
        yield await gather(town, leaving)
