import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tertulia.chaos.split.deployment import Servers


@pytest.fixture
def servers(folder_for_all: Path) -> Iterator[Servers]:
    servers = Servers(folder_for_all)
    for server in servers.by_name.values():
        server.start()
    yield servers
    servers.stop()


@pytest.fixture
def folder_for_all() -> Iterator[Path]:
    """PostgreSQL does not run as root, and the folders of a test are its user's alone."""
    with tempfile.TemporaryDirectory(prefix="tertulia-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
