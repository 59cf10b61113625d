"""A kill in the middle of migrating leaves a database that the next start brings up to date."""

import signal
import subprocess

import pytest

from tertulia.runtime.fsck import check
from tertulia.runtime.services import migrations
from tests.support.server import Server

SERVICES = len(migrations())
"""Those that own tables; each is migrated in a transaction of its own."""


@pytest.mark.parametrize("at", range(1, SERVICES + 1))
def test_it_goes_on_after_a_kill(tmp_path, at):
    killed = Server(tmp_path / "data", TERTULIA_FAILPOINT=f"mid_migration:kill@{at}")
    done = subprocess.run(
        killed.command(),
        cwd=tmp_path,
        env=killed.environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    behind = check(tmp_path / "data")
    assert behind.names == {"database.migrations"}
    assert behind.findings[0].count == SERVICES - at + 1
    with Server(tmp_path / "data") as server:
        assert server.call("GET", "/server")
        assert check(tmp_path / "data").clean
