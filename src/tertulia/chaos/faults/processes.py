"""Faults of processes, each named by its id, which is asked for when the fault begins."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

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


class Frozen:
    """SIGSTOP to a process and to those it started, then SIGCONT."""

    name = "stop"

    def __init__(self, pid: Pid) -> None:
        self._pid = pid
        self._stopped: Sequence[int] = ()

    async def __aenter__(self) -> None:
        """Stand still: first who could start others."""
        first = self._pid()
        _signal(first, signal.SIGSTOP)
        self._stopped = [first, *children_of(first)]
        for pid in self._stopped[1:]:
            _signal(pid, signal.SIGSTOP)

    async def __aexit__(self, *_: object) -> None:
        """Go on."""
        for pid in reversed(self._stopped):
            _signal(pid, signal.SIGCONT)


def children_of(pid: int) -> list[int]:
    """The processes that a process started and that live, as Linux knows them."""
    found: list[int] = []
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            found += map(int, file.read_text("ascii").split())
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
