"""Batches: what waits is carried out in its order, in one transaction, and committed at once."""

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from tertulia.kernel.errors import AppError, Internal, StorageFull, Unavailable
from tertulia.kit import failpoints
from tertulia.kit.db import AfterCommit, Call, Outcome, Unit
from tertulia.kit.metrics import BATCH_SIZE, COMMIT_SECONDS, ROLLED_BACK

log = structlog.get_logger(__name__)

_STOPS = (StorageFull, Unavailable)
"""Refusals that hold for what stands behind as well."""


@dataclass(slots=True)
class Job:
    """A call in the queue, and what it came to."""

    unit: Unit
    call: Call
    future: asyncio.Future[Any]
    asked: float = 0.0
    """When, by `time.monotonic`."""
    outcome: Outcome = None


class Refused(Exception):
    """A whole batch is refused: none of its calls is tried again."""

    def __init__(self, refusal: AppError) -> None:
        """`refusal` is the outcome of every call."""
        self.refusal = refusal
        super().__init__(refusal.code)


class Batches:
    """Runs jobs in their order on the one writing connection, and commits what waits at once.

    Drivers say in subclasses how a transaction ends and what their failures mean.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, jobs: Sequence[Job]) -> None:
        """Give every job its outcome. One transaction, or one each where that fails.

        Once there is no room for a job, those behind it are refused as well: a smaller message that
        still had room would overtake a larger one of the same sender.
        """
        try:
            with COMMIT_SECONDS.time():
                self._transact(jobs)
            BATCH_SIZE.observe(len(jobs))
        except Refused as failure:
            for job in jobs:
                job.outcome = _again(failure.refusal)
        except Exception as failure:
            self._check(failure)
            if len(jobs) == 1:
                jobs[0].outcome = self._refusal(failure)
                return
            ROLLED_BACK.inc()
            self._run_each(jobs)

    def _run_each(self, jobs: Sequence[Job]) -> None:
        refusal: AppError | None = None
        for job in jobs:
            if refusal is not None:
                job.outcome = _again(refusal)
                continue
            self.run([job])
            if isinstance(job.outcome, _STOPS):
                refusal = job.outcome

    def _transact(self, jobs: Sequence[Job]) -> None:
        with self._engine.connect() as connection:
            connection.info.pop("after_commit", None)
            failpoints.reach("before_tx")
            with self._transaction(connection):
                for unit, run in itertools.groupby(jobs, key=lambda job: job.unit):
                    _carry_out(connection, unit, list(run))
                failpoints.reach("after_insert")
            _tell(lambda: failpoints.reach("after_commit_before_publish"))
            for callback in connection.info.pop("after_commit", ()):
                _tell(callback)

    def _transaction(self, connection: Connection) -> AbstractContextManager[object]:
        """Commits at its end, or rolls back. Raises `Refused` where nothing may be tried again."""
        return connection.begin()

    def _check(self, failure: Exception) -> None:
        """Look at a failure before anything is tried again."""

    def _is_storage(self, error: BaseException) -> bool:
        """Whether the driver says that the disk is full or failing."""
        raise NotImplementedError

    def _refusal(self, failure: Exception) -> AppError:
        refused = failure.__cause__
        if isinstance(refused, AppError):
            return refused
        error = of_driver(failure)
        if self._is_storage(error):
            log.error("storage_failed", error=str(error))
            return StorageFull(retry_after=5)
        log.error("unit_failed", exc_info=failure)
        return Internal()


def of_driver(failure: BaseException) -> BaseException:
    """What the driver raised, whether SQLAlchemy was between or not."""
    return failure.orig or failure if isinstance(failure, DBAPIError) else failure


def _again(refusal: AppError) -> AppError:
    """The same for another call: an exception that is raised twice collects tracebacks."""
    return type(refusal)(retry_after=refusal.retry_after)


def _tell(callback: AfterCommit) -> None:
    try:
        callback()
    except Exception:
        log.exception("after_commit_failed")


def _carry_out(connection: Connection, unit: Unit, jobs: Sequence[Job]) -> None:
    outcomes = unit(connection, [job.call for job in jobs])
    for job, outcome in zip(jobs, outcomes, strict=True):
        job.outcome = outcome


def answer(jobs: Sequence[Job]) -> None:
    """Tell the callers, from another thread, what their calls came to."""
    for loop, group in itertools.groupby(jobs, key=lambda job: job.future.get_loop()):
        loop.call_soon_threadsafe(_resolve, list(group))


def _resolve(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if isinstance(job.outcome, AppError):
            job.future.set_exception(job.outcome)
        else:
            job.future.set_result(job.outcome)
