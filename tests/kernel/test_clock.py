from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from tertulia.kernel.clock import Moment, SystemClock, rfc3339, whole_milliseconds

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


class Thing(BaseModel):
    at: Moment


def test_a_moment_is_written_in_utc_with_milliseconds():
    madrid = timezone(timedelta(hours=2))
    at = datetime(2026, 10, 8, 11, 12, 0, 123_999, tzinfo=madrid)
    assert Thing(at=at).model_dump_json() == '{"at":"2026-10-08T09:12:00.123Z"}'
    assert rfc3339(datetime(2026, 10, 8, 9, 12, tzinfo=UTC)) == "2026-10-08T09:12:00.000Z"


@given(MOMENTS)
def test_a_moment_comes_back_from_the_wire_as_it_was(at):
    thing = Thing(at=at)
    assert Thing.model_validate_json(thing.model_dump_json()) == thing
    assert thing.at == whole_milliseconds(at)


def test_a_time_without_a_zone_is_no_moment():
    with pytest.raises(ValidationError):
        Thing.model_validate_json('{"at":"2026-10-08T09:12:00"}')


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_beyond_the_calendar_in_utc_is_no_moment(at: str):
    with pytest.raises(ValidationError):
        Thing.model_validate_json(f'{{"at":"{at}"}}')


def test_the_clock_shows_whole_milliseconds_in_utc():
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


def test_seconds_for_rates_do_not_follow_the_clock_of_the_machine(monkeypatch):
    clock = SystemClock()
    before = clock.seconds()
    monkeypatch.setattr("tertulia.kernel.clock.datetime", None)
    assert clock.seconds() >= before
