"""One core for the server, another one for the generator."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


def are_apart() -> bool:
    """Whether there are two; on one core the figures say little."""
    return len(os.sched_getaffinity(0)) > 1


@contextmanager
def on_server_core() -> Iterator[None]:
    """What is started inside stays on the first core, with all its threads."""
    with _on(min(os.sched_getaffinity(0))):
        yield


@contextmanager
def on_generator_core() -> Iterator[None]:
    """What is started inside stays on the last core."""
    with _on(max(os.sched_getaffinity(0))):
        yield


@contextmanager
def _on(core: int) -> Iterator[None]:
    """This thread is on the core meanwhile, since a child begins where its parent is."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
