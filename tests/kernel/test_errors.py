import importlib
import re

import pytest

from tertulia.kernel.errors import AppError, Conflict, Malformed, RateLimited
from tests.architecture.tree import SOURCE

for path in SOURCE.glob("*/contract/errors.py"):
    importlib.import_module(f"tertulia.{path.parts[-3]}.contract.errors")
for path in SOURCE.glob("*/contract.py"):
    importlib.import_module(f"tertulia.{path.parts[-2]}.contract")


@pytest.mark.parametrize(
    ("code", "status", "retryable"),
    [
        ("unauthenticated", 401, False),
        ("forbidden", 403, False),
        ("not_found", 404, False),
        ("too_large", 413, False),
        ("invalid", 422, False),
        ("rate_limited", 429, True),
        ("overloaded", 503, True),
        ("storage_full", 503, True),
        ("read_only", 503, True),
        ("unavailable", 503, True),
        ("timeout", 504, True),
        ("internal", 500, True),
    ],
)
def test_a_code_says_its_status_and_whether_to_retry(code, status, retryable):
    kind = AppError.by_code[code]
    assert (kind.code, kind.status, kind.retryable) == (code, status, retryable)


def test_every_error_is_found_by_a_code_with_the_name_of_its_situation():
    assert "conversations.not_a_member" in AppError.by_code
    for code in AppError.by_code:
        assert re.fullmatch(r"([a-z]+\.)?[a-z]+(_[a-z]+)*", code)


def test_every_error_has_english_words():
    speechless = [
        kind.__name__
        for kind in AppError.by_code.values()
        if not kind.detail and kind not in {AppError, Conflict}
    ]
    assert not speechless


def test_an_error_carries_what_a_client_needs():
    error = RateLimited(retry_after=1.5, params={"limit": 50})
    assert (error.detail, error.retry_after, error.params) == (
        "Too many requests.",
        1.5,
        {"limit": 50},
    )


def test_three_errors_share_the_code_invalid_with_statuses_of_their_own():
    assert (Malformed.code, Malformed.status) == ("invalid", 400)
    assert AppError.by_code["invalid"].status == 422
