"""`tertulia fsck`: everything that is derived is recomputed and compared, in one moment of the data."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from tertulia.kit.db.migrations import DatabaseNewer
from tertulia.kit.db.snapshots import FOREIGN_KEYS, INTEGRITY, snapshot
from tertulia.kit.outbox.checks import consumer_check, log_checks
from tertulia.kit.upkeep import Check, Difference, Facts, Upkeep
from tertulia.runtime.data import CannotStart, DataFolder, told_plainly
from tertulia.runtime.services import migrations, upkeeps

SHOWN = 20
"""Differences of a check that a report holds; all are counted."""


@dataclass(frozen=True)
class Finding:
    """A check that found something: the first differences, and how many there are."""

    check: str
    count: int
    differences: Sequence[Difference]


@dataclass(frozen=True)
class Report:
    """What a data folder is like."""

    checks: Sequence[str]
    """Those that were carried out."""
    findings: Sequence[Finding]
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether nothing differs."""
        return not self.findings

    @property
    def names(self) -> set[str]:
        """The checks that found something."""
        return {finding.check for finding in self.findings}


def check(folder: Path) -> Report:
    """Check a data folder, whether a server runs on it, has stopped or has crashed.

    Nothing is changed: the log that a crash left is read with the rest, and brought into the database by
    the next start. Raises `CannotStart` where there is no data, or none that this version can read.
    """
    database = DataFolder(folder).database
    if not database.is_file():
        raise CannotStart("no_data", f"there is no database in {folder}", folder=folder)
    began = time.monotonic()
    with told_plainly(folder, database), snapshot(database) as connection:
        examined = dict(_examined(connection))
    findings = [found for found in examined.values() if found is not None]
    return Report(list(examined), findings, time.monotonic() - began)


def differing(connection: Connection) -> list[Finding]:
    """What differs in what is derived, where a connection sees the tables of all services at once."""
    found = (_find(each, connection) for each in _checks_of(upkeeps()))
    return [finding for finding in found if finding is not None]


def _examined(connection: Connection) -> Iterator[tuple[str, Finding | None]]:
    """Every check with what it found; what is broken or not up to date is read no further."""
    broken = _find(INTEGRITY, connection)
    yield INTEGRITY.name, broken
    if broken:
        return
    yield FOREIGN_KEYS.name, _find(FOREIGN_KEYS, connection)
    behind = _find(Check("database.migrations", _behind), connection)
    yield "database.migrations", behind
    for each in () if behind else _checks_of(upkeeps()):
        yield each.name, _find(each, connection)


def _behind(connection: Connection, _facts: Facts) -> Iterator[Difference]:
    for service in migrations():
        try:
            pending = service.pending(connection)
        except DatabaseNewer as error:
            detail = f"the database is newer than this program: {error}"
            raise CannotStart("newer", detail, **vars(error)) from error
        if pending:
            where = {"service": service.service}
            yield Difference(where, service.current(connection), pending[-1])


def _checks_of(services: Sequence[Upkeep]) -> Iterator[Check]:
    logs = {upkeep.log.service: upkeep.log for upkeep in services}
    for upkeep in services:
        yield from upkeep.checks
        yield from log_checks(upkeep.log)
        for source in upkeep.follows:
            yield consumer_check(logs[source], upkeep.log)


def _find(each: Check, connection: Connection) -> Finding | None:
    found = each.find(connection, _facts(connection))
    first = list(islice(found, SHOWN))
    if not first:
        return None
    return Finding(each.name, len(first) + sum(1 for _ in found), first)


def _facts(connection: Connection) -> Facts:
    return {
        name: partial[Any](tell, connection)
        for upkeep in upkeeps()
        for name, tell in upkeep.facts.items()
    }
