"""Defects of the writer, for the simulation tier: something happens before the commit that belongs after it."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from pkgutil import resolve_name
from typing import Any

BATCHES = "tertulia.kit.db.batches"
COMMIT_SECONDS = 0.05
"""In which the process may die before what was said is true."""

Then = Callable[[Sequence[Any], Sequence[Callable[[], object]]], object]
"""What happens too early, with the calls and what they want to happen after the commit."""


def answer_early(real: Any) -> Any:
    """Answers when the rows are written, and commits later."""
    answer = resolve_name(f"{BATCHES}:answer")
    return _early(real, lambda jobs, _callbacks: answer(jobs))


def publish_early(real: Any) -> Any:
    """Tells others when the rows are written, and commits later."""
    return _early(real, lambda _jobs, callbacks: [callback() for callback in callbacks])


def _early(real: Any, then: Then) -> Any:
    def finish(database: Any, jobs: Sequence[Any]) -> None:
        if jobs:
            then(jobs, _rehearsed(database, jobs))
        asyncio.get_running_loop().call_later(COMMIT_SECONDS, real, database, jobs)

    return finish


def _rehearsed(database: Any, jobs: Sequence[Any]) -> Sequence[Callable[[], object]]:
    """The outcomes of all calls, with nothing of it kept; what they want to happen after the commit."""
    carry_out = resolve_name(f"{BATCHES}:_carry_out")
    with database._writing.connect() as connection:  # noqa: SLF001
        connection.info.pop("after_commit", None)
        transaction = connection.begin()
        for unit, run in itertools.groupby(jobs, key=lambda job: job.unit):
            carry_out(connection, unit, list(run))
        transaction.rollback()
        return list(connection.info.pop("after_commit", ()))
