"""The move itself: hold the old side, fill the new one, compare both, and leave."""

from dataclasses import asdict

from tertulia import __version__
from tertulia.kernel.clock import Clock
from tertulia.kit.db.copies import Contents
from tertulia.runtime.data import CannotStart
from tertulia.runtime.manifest import LogFacts, TableFacts
from tertulia.runtime.moving.content import (
    Digest,
    digest,
    is_empty,
    read_rows,
    tables_of,
    without_nul,
)
from tertulia.runtime.moving.receipt import Receipt
from tertulia.runtime.moving.side import Reading, Source, Target, Writing
from tertulia.runtime.services import migrations, upkeeps


def move(source: Source, target: Target, clock: Clock) -> Receipt:
    """Carry everything over; the old side takes no changes meanwhile, and none afterwards.

    Whatever ends it before the new side is whole leaves the old one as it was, and the new one empty.
    Raises `CannotStart`.
    """
    services = [each.service for each in migrations()]
    with source.held():
        with source.reading() as reading:
            _check_current(reading, source.name)
            with target.writing(services) as writing:
                contents = {
                    name: each
                    for service in services
                    for name, each in _carry(service, reading, writing, target.name).items()
                }
                receipt = _receipt(source, target, reading, contents, clock)
        source.leave()
    return receipt


def _check_current(reading: Reading, name: str) -> None:
    """The new side gets the tables of this version, so the old one must have them."""
    for each in migrations():
        if each.pending(reading.of(each.service)):
            detail = f"the tables in {name} are of an older version: run `tertulia migrate` first"
            raise CannotStart("move_behind", detail, source=name)


def _carry(service: str, reading: Reading, writing: Writing, target: str) -> dict[str, Contents]:
    """The tables of one service; what each holds on both sides."""
    old = tables_of(reading.of(service), service)
    new = {table.name: table for table in tables_of(writing.of(service), service)}
    if not all(is_empty(writing.of(service), table) for table in new.values()):
        detail = f"there is data in {target} already: nothing is overwritten"
        raise CannotStart("move_used", detail, target=target)
    found = {}
    for table in old:
        passed = Digest()
        rows = passed.passing(without_nul(table, read_rows(reading.of(service), table)))
        writing.load(new[table.name], rows)
        found[table.name] = passed.contents
    _compare(found, {name: digest(writing.of(service), table) for name, table in new.items()})
    return found


def _compare(read: dict[str, Contents], written: dict[str, Contents]) -> None:
    """What was read back is what was read. A table that only one side has differs too."""
    for name in sorted(read.keys() | written.keys()):
        if read.get(name) != written.get(name):
            detail = f"{name} is not the same on both sides: nothing was moved"
            raise CannotStart("move_differs", detail, table=name)


def _receipt(
    source: Source, target: Target, reading: Reading, contents: dict[str, Contents], clock: Clock
) -> Receipt:
    return Receipt(
        source=source.name,
        target=target.name,
        product=__version__,
        moved_at=clock.now(),
        revisions={
            each.service: each.current(reading.of(each.service)) or "" for each in migrations()
        },
        logs=_logs(reading),
        tables={name: TableFacts(**asdict(each)) for name, each in contents.items()},
    )


def _logs(reading: Reading) -> dict[str, LogFacts]:
    return {
        key: LogFacts(epoch=epoch, head=head)
        for upkeep in upkeeps()
        if upkeep.heads is not None
        for key, (epoch, head) in upkeep.heads(reading.of(upkeep.log.service)).items()
    }
