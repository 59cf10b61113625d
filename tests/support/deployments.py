"""The same server in two deployments: one process, or with `--deployment=split` many.

    with deployed(tmp_path / "data") as server:      # `Server` or `SplitServer`, with one face
        server.kill()
        server.start()

In the split all processes of the product die, stop and start together; NATS and PostgreSQL go on.
"""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest

from tertulia.cluster.layout import layout
from tertulia.cluster.processes import Cluster
from tests.support.server import Server

ONE, SPLIT = "one", "split"
SECONDS = 120

T = TypeVar("T")
_chosen = ONE


def pytest_addoption(parser: pytest.Parser) -> None:
    """How the servers of the journeys are deployed."""
    parser.addoption("--deployment", choices=[ONE, SPLIT], default=ONE)


def pytest_configure(config: pytest.Config) -> None:
    """Remember what was chosen."""
    global _chosen  # noqa: PLW0603
    _chosen = config.getoption("--deployment")


def deployed(data: Path, **variables: str) -> Server:
    """A server in the deployment that was chosen, not started."""
    return SplitServer(data, **variables) if _chosen == SPLIT else Server(data, **variables)


class SplitServer(Server):
    """Two gateways, two processes of each service, and presence, behind one address."""

    def __init__(self, data: Path, **variables: str) -> None:
        super().__init__(data, **variables)
        # PostgreSQL does not run as root, and the folders of a test are its user's alone.
        self._folder = Path(tempfile.mkdtemp(prefix="tertulia-split-"))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()
        self.cluster: Cluster | None = None

    def start(self) -> None:
        """Start it, or all that was killed or stopped, and wait until it is ready."""
        if self.cluster is None:
            self._folder.chmod(0o711)
            self._thread.start()
            ours = {k: v for k, v in self.environment().items() if k.startswith("TERTULIA_")}
            self.cluster = Cluster(self._folder, layout(), extra=ours, durable=False)
            self._do(self._stack.enter_async_context(self.cluster.running()))
            self.url = self.cluster.url
        else:
            self._do(self.cluster.start_all())

    def kill(self) -> None:
        """SIGKILL to every process of the product, at once."""
        assert self.cluster
        self._do(self.cluster.kill_all())

    def stop(self) -> int:
        """SIGTERM to one after another, the gateways first."""
        assert self.cluster
        return self._do(self.cluster.stop_all())

    def __exit__(self, *_: object) -> None:
        if self.cluster is not None:
            self.kill()
        self._do(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self._folder)

    def __enter__(self) -> Self:
        try:
            return super().__enter__()
        except BaseException:
            self.__exit__()
            raise

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)
