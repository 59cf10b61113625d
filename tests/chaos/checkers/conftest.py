"""A story that begins to be told."""

import pytest

from tests.chaos.checkers.stories import Story


@pytest.fixture
def story() -> Story:
    return Story()
