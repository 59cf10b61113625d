"""A running conversations service, alone or with its cast in it."""

from collections.abc import AsyncIterator

import pytest

from tertulia.conversations.wiring import wire
from tests.conversations.town import Town, a_town
from tests.support.kit import TestHouse, running


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A town with its space and its plaza."""
    async with a_town() as town:
        yield town


@pytest.fixture
async def house() -> AsyncIterator[TestHouse]:
    """The service alone, before anybody came."""
    async with running([wire]) as house:
        yield house
