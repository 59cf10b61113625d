"""The house and the site of a test."""

from collections.abc import AsyncIterator

import pytest

from tests.gateway.house import House
from tests.gateway.site import Site, serving


@pytest.fixture
async def house() -> House:
    return House()


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    async with serving(house) as running:
        yield running
