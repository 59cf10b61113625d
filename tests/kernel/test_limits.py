import pytest
from pydantic import ValidationError

from tertulia.kernel.limits import Limits


def test_the_defaults_are_those_of_the_protocol():
    limits = Limits()
    assert (limits.text, limits.name, limits.topic) == (16_000, 80, 250)
    assert (limits.frame_bytes, limits.body_bytes) == (262_144, 1_048_576)
    assert (limits.page, limits.page_default) == (200, 50)
    assert (limits.updates, limits.updates_default) == (1_000, 200)


def test_a_limit_is_not_negative():
    with pytest.raises(ValidationError):
        Limits(text=-1)


def test_there_are_no_other_limits():
    with pytest.raises(ValidationError):
        Limits.model_validate({"texts": 5})
