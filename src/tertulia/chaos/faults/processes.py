"""Faults of processes, each named by its id, which is asked for when the fault begins."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

Pid = Callable[[], int]


class Killed:
    """SIGKILL. Whoever uses it starts the server again."""

    name = "kill"

    def __init__(self, pid: Pid) -> None:
        self._pid = pid

    async def __aenter__(self) -> None:
        """End it."""
        os.kill(self._pid(), signal.SIGKILL)

    async def __aexit__(self, *_: object) -> None:
        """What is killed stays so."""


class Stopped:
    """SIGSTOP, then SIGCONT: the process stands still and does not know."""

    name = "stop"

    def __init__(self, pid: Pid) -> None:
        self._pid = pid
        self._stopped = 0

    async def __aenter__(self) -> None:
        """Stand still."""
        self._stopped = self._pid()
        os.kill(self._stopped, signal.SIGSTOP)

    async def __aexit__(self, *_: object) -> None:
        """Go on; it may have been killed meanwhile."""
        with suppress(ProcessLookupError):
            os.kill(self._stopped, signal.SIGCONT)
