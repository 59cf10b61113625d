"""The server's time: RFC 3339, UTC, milliseconds, `Z`. Decoration only; no order depends on it."""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Protocol

from pydantic import AfterValidator, AwareDatetime, PlainSerializer, WithJsonSchema


class Clock(Protocol):
    """A port: tests stop and move the time."""

    def now(self) -> datetime:
        """The current time in UTC, whole milliseconds."""
        ...

    def seconds(self) -> float:
        """The seconds since a moment of no importance. They never jump: for rates and waits."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The current time in UTC, whole milliseconds."""
        return whole_milliseconds(datetime.now(UTC))

    def seconds(self) -> float:
        """The seconds since a moment of no importance. They never jump: for rates and waits."""
        return time.monotonic()


def whole_milliseconds(moment: datetime) -> datetime:
    """The same moment in UTC without what is below a millisecond."""
    moment = moment.astimezone(UTC)
    return moment - timedelta(microseconds=moment.microsecond % 1000)


@lru_cache(maxsize=256)
def rfc3339(moment: datetime) -> str:
    """`2026-10-08T09:12:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(given: datetime) -> datetime:
    try:
        return whole_milliseconds(given)
    except OverflowError as error:
        raise ValueError("before the year 1 or after 9999 in UTC") from error


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_moment),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A point in time; on the wire RFC 3339 in UTC with milliseconds and `Z`."""
