"""What a server complains of while it runs in good health: each complaint is a defect."""

import logging
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

from tertulia.chaos.simulation.process import current_process

_SERIOUS = frozenset({"error", "exception", "critical"})


@contextmanager
def noted(note: Callable[[str], object]) -> Iterator[None]:
    """Tell of every error that a living process logs; the rest of what it logs goes nowhere."""
    config = structlog.get_config()
    handler = _Handler(note)
    library = logging.getLogger("tertulia.realtime")
    propagate, library.propagate = library.propagate, False
    library.addHandler(handler)
    structlog.configure(
        processors=[_judge(note)], wrapper_class=structlog.make_filtering_bound_logger(logging.INFO)
    )
    try:
        yield
    finally:
        structlog.configure(**config)
        library.removeHandler(handler)
        library.propagate = propagate


def _judge(note: Callable[[str], object]) -> structlog.types.Processor:
    def judge(_logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
        if method in _SERIOUS and _is_alive():
            note(", ".join(f"{name} {value!r}" for name, value in event.items()))
        raise structlog.DropEvent

    return judge


class _Handler(logging.Handler):
    """The same for the realtime engine, which logs by the standard library."""

    def __init__(self, note: Callable[[str], object]) -> None:
        super().__init__(logging.ERROR)
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        if _is_alive():
            self._note(f"{record.getMessage()} {record.exc_info and record.exc_info[1]!r}")


def _is_alive() -> bool:
    """Whoever dies may complain: what it reaches for is gone."""
    process = current_process()
    return process is None or process.alive
