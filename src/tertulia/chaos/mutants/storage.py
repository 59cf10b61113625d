"""Defects of the writer and of what follows a commit."""

from pkgutil import resolve_name
from typing import Any

SQLITE = "tertulia.kit.db.sqlite"
BATCHES = "tertulia.kit.db.batches"


def answer_at_once(real: Any) -> Any:
    """Answers when the rows are written, and commits then."""
    answer = resolve_name(f"{BATCHES}:answer")

    def carry_out(connection: Any, unit: Any, jobs: Any) -> None:
        real(connection, unit, jobs)
        answer(jobs)

    return carry_out


def sync_seldom(real: Any) -> Any:
    """Leaves it to the system when the log reaches the disk: what NORMAL means for a WAL."""
    return lambda read_only: [it.replace("=FULL", "=NORMAL") for it in real(read_only)]


def forgive(_real: Any) -> Any:
    """Tries again after a failed sync."""
    return lambda _failure: None


def tell_at_once(_real: Any) -> Any:
    """Publishes what is appended without waiting for the commit."""
    return lambda _connection, callback: callback()
