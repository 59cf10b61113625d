"""What each part of a server costs: CPU seconds of its processes, read while the generator measures."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tertulia.bench.errors import NoResult

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
DEAD = frozenset("ZX")


@dataclass(frozen=True)
class Process:
    """One line of `/proc/*/stat`."""

    pid: int
    parent: int
    seconds: float
    """Of CPU: its own, and that of the children that have ended."""


def trees(roots: Mapping[str, int]) -> dict[str, float]:
    """Seconds of CPU of each of these processes with all that descend from it, by name.

    A descendant that ends counts as before, since its parent inherits what it used. Raises `NoResult`
    where one of the roots has died.
    """
    children: dict[int, list[Process]] = defaultdict(list)
    known: dict[int, Process] = {}
    for process in _processes():
        known[process.pid] = process
        children[process.parent].append(process)
    if dead := [name for name, pid in roots.items() if pid not in known]:
        raise NoResult(f"{', '.join(dead)} died")
    return {name: _with_descendants(known[pid], children) for name, pid in roots.items()}


def _with_descendants(process: Process, children: Mapping[int, Sequence[Process]]) -> float:
    below = children.get(process.pid, ())
    return process.seconds + sum(_with_descendants(child, children) for child in below)


def _processes() -> Iterator[Process]:
    for path in PROC.glob("[0-9]*/stat"):
        try:
            fields = path.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if fields[0] not in DEAD:
            seconds = sum(map(int, fields[11:15])) / TICKS
            yield Process(int(path.parent.name), int(fields[1]), seconds)


class Account:
    """Charges each part for what it uses between two words of the generator."""

    def __init__(self, read: Callable[[], Mapping[str, float]]) -> None:
        """`read` tells what each part has used so far, in seconds of CPU."""
        self._read = read
        self._readings: dict[str, tuple[float, Mapping[str, float]]] = {}

    def on_stage(self, stage: str) -> None:
        """For `Load.run`."""
        self._readings[stage] = (time.monotonic(), self._read())

    def charged(self, seconds: float) -> dict[str, float]:
        """Seconds of CPU by part, for so many seconds of the generator's measuring.

        What is said arrives a little late, at the beginning as at the end: so cores in use are read, and
        multiplied. Raises `NoResult` where nothing was measured.
        """
        if not {"measuring", "measured"} <= self._readings.keys():
            raise NoResult("nobody said when it was measured")
        began, before = self._readings["measuring"]
        ended, after = self._readings["measured"]
        return {part: (after[part] - before[part]) * seconds / (ended - began) for part in before}
