"""A way to have the servers run: here one process; for many see `chaos/split`."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tertulia.chaos.live.process import Nursery, ServerProcess, free_port


class Deployment(Protocol):
    """The servers of one Tertulia on one set of data."""

    @property
    def parts(self) -> Sequence[str]:
        """The names of its processes."""
        ...

    @property
    def url(self) -> str:
        """Where clients connect."""
        ...

    async def start(self, failpoint: str = "") -> None:
        """Start what does not run, and wait until it is ready. Raises `DoesNotStart`."""
        ...

    async def stop(self) -> None:
        """End in good order, SIGTERM."""
        ...

    def kill(self, part: str) -> None:
        """SIGKILL."""
        ...

    def pid(self, part: str) -> int:
        """The process id of what runs."""
        ...

    async def ended(self, part: str) -> None:
        """Wait until it is gone."""
        ...


class OneProcess:
    """`tertulia serve` on a data folder and a port that stays the same."""

    parts: Sequence[str] = ("server",)

    def __init__(self, nursery: Nursery, data: Path, log: Path) -> None:
        self._data = data
        self._process = ServerProcess(nursery, log)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    async def start(self, failpoint: str = "") -> None:
        """See `Deployment`."""
        if self._process.runs:
            return
        options = ["--port", str(self.port), "--data", str(self._data)]
        self._process.start(options, {"TERTULIA_FAILPOINT": failpoint} if failpoint else {})
        await self._process.ready(self.url)

    async def stop(self) -> None:
        """See `Deployment`."""
        await self._process.stop()

    def kill(self, part: str = "server") -> None:
        """See `Deployment`."""
        del part
        self._process.signal(signal.SIGKILL)

    def pid(self, part: str = "server") -> int:
        """See `Deployment`."""
        del part
        return self._process.pid

    async def ended(self, part: str = "server") -> None:
        """See `Deployment`."""
        del part
        await self._process.ended()

    @property
    def runs(self) -> bool:
        """Whether the process lives."""
        return self._process.runs
