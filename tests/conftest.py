import pytest

from tertulia.kit.log import configure_logging

pytest_plugins = ["tests.support.fixtures"]


@pytest.fixture(autouse=True, scope="session")
def _logging() -> None:
    """Logs as the product writes them, so that a failing test shows them."""
    configure_logging("info", "console")
