"""One core for the server, another one for the generator."""

import os
from collections.abc import Callable


def _two_cores() -> tuple[int, int]:
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1]


def are_apart() -> bool:
    """Whether there are two; on one core the figures say little."""
    server, generator = _two_cores()
    return server != generator


def on_server_core() -> Callable[[], None]:
    """For `preexec_fn`: pin what is started."""
    core, _ = _two_cores()
    return lambda: os.sched_setaffinity(0, {core})


def on_generator_core() -> Callable[[], None]:
    """For `preexec_fn`: pin what is started."""
    _, core = _two_cores()
    return lambda: os.sched_setaffinity(0, {core})
