import os

import pytest

from tertulia.kit.log import configure_logging

# What is printed is compared in English, whoever runs the tests; one that wants Spanish says so.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ.pop("TERTULIA_LANGUAGE", None)

pytest_plugins = [
    "tests.support.databases",
    "tests.support.deployments",
    "tests.support.fixtures",
    "tests.support.nats",
]


@pytest.fixture(autouse=True, scope="session")
def _logging() -> None:
    """Logs as the product writes them, so that a failing test shows them."""
    configure_logging("info", "console")
