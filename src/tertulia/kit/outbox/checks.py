"""The event log, checked: dense up to its head, and kept for everyone who has not passed it."""

from collections.abc import Iterator

from sqlalchemy import Connection

from tertulia.kit.outbox.events import HEAD, EventLog
from tertulia.kit.upkeep import Check, Difference, Facts


def log_checks(log: EventLog) -> list[Check]:
    """The checks of a service's own log."""
    return [
        Check(f"{log.service}.event_log", lambda connection, _: _density(connection, log)),
    ]


def consumer_check(source: EventLog, consumer: EventLog) -> Check:
    """The check of the position that one service keeps of another's log."""
    name = f"{source.service}→{consumer.service}"

    def find(connection: Connection, _facts: Facts) -> Iterator[Difference]:
        first, _, _ = source.extent(connection)
        position, head = consumer.position(connection, name), source.head(connection)
        nearest = min(max(position, first - 1), head)
        if position != nearest:
            yield Difference({"consumer": name}, position, nearest)

    return Check(f"{consumer.service}.event_positions", find)


def _density(connection: Connection, log: EventLog) -> Iterator[Difference]:
    first, last, count = log.extent(connection)
    if count and count != last - first + 1:
        where = {"from_position": first, "to_position": last}
        yield Difference(where, count, last - first + 1)
    head = log.head(connection)
    if head != last:
        yield Difference({"consumer": HEAD}, head, last)
