import base64
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.conversations.rules.pages import (
    after_moment,
    after_name,
    missed_size,
    moment_cursor,
    name_cursor,
    page_size,
    updates_size,
)
from tertulia.kernel.errors import Invalid
from tertulia.kernel.limits import Limits

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)


@given(names, st.uuids().map(str))
def test_a_cursor_by_name_leads_back_to_its_position(name, key):
    assert after_name(name_cursor(name, key)) == (name, key)


@given(st.integers(0, 2**45), st.uuids().map(str))
def test_a_cursor_by_moment_leads_back_to_its_position(milliseconds, key):
    moment = EPOCH + timedelta(milliseconds=milliseconds)
    assert after_moment(moment_cursor(moment, key)) == (moment, key)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_a_cursor(text):
    for read in (after_name, after_moment):
        with suppress(Invalid):
            read(text)


@pytest.mark.parametrize(
    "position",
    ['["a"]', '["a","b","c"]', "[1,2]", '["a",2]', "{}", "null", "[" * 500, '["\\u0000","b"]'],
)
def test_a_cursor_of_another_shape_is_not_valid(position):
    forged = base64.urlsafe_b64encode(position.encode()).decode()
    with pytest.raises(Invalid):
        after_name(forged)


@pytest.mark.parametrize("position", ['[-1,"a"]', '[1e300,"a"]', f'[{2**60},"a"]', '[true,"a"]'])
def test_a_moment_that_cannot_be_is_not_valid(position):
    forged = base64.urlsafe_b64encode(position.encode()).decode()
    with pytest.raises(Invalid):
        after_moment(forged)


@pytest.mark.parametrize(
    ("asked", "size"), [(None, 50), (7, 7), (0, 1), (-3, 1), (201, 200), (10**9, 200)]
)
def test_a_limit_is_clamped(asked, size):
    assert page_size(asked, Limits()) == size


@pytest.mark.parametrize(("asked", "page", "missed"), [(None, 200, 1000), (7, 7, 7), (0, 1, 1)])
def test_a_catch_up_answers_as_much_as_it_may(asked, page, missed):
    assert (updates_size(asked, Limits()), missed_size(asked, Limits())) == (page, missed)
    assert missed_size(10**9, Limits()) == 1000
