"""A clock that tests stop and move."""

from datetime import UTC, datetime, timedelta


class StoppedClock:
    """Shows one moment until it is told another."""

    def __init__(self, moment: datetime = datetime(2026, 10, 8, 9, 12, tzinfo=UTC)) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def forward(self, **duration: float) -> datetime:
        """`clock.forward(minutes=5)`: the moment after it."""
        self.moment += timedelta(**duration)
        return self.moment
