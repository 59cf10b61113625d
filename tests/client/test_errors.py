"""Errors of the server become typed ones, whatever way they come."""

import httpx
import pytest

from tertulia.client import errors, http
from tertulia.client.errors import TertuliaError, Unreachable


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("invalid", 422, errors.Invalid),
        ("unauthenticated", 401, errors.Unauthenticated),
        ("accounts.wrong_credentials", 401, errors.WrongCredentials),
        ("accounts.totp_required", 401, errors.TotpRequired),
        ("conversations.archived", 403, errors.Forbidden),
        ("not_found", 404, errors.NotFound),
        ("gateway.unknown_command", 404, errors.NotFound),
        ("conversations.id_in_use", 409, errors.IdInUse),
        ("conversations.resync", 409, errors.ResyncNeeded),
        ("conversations.name_taken", 409, errors.Conflict),
        ("conversations.invite_ended", 410, errors.Gone),
        ("too_large", 413, errors.TooLarge),
        ("rate_limited", 429, errors.RateLimited),
        ("gateway.connection_limit", 429, errors.RateLimited),
        ("overloaded", 503, errors.ServerError),
        ("timeout", 504, errors.TimedOut),
        ("polls.closed", 403, errors.Forbidden),
        ("polls.odd", 418, TertuliaError),
    ],
)
def test_every_code_has_a_class(code, status, kind):
    told = {"code": code, "status": status, "detail": "No.", "retryable": False}
    error = TertuliaError.from_wire(told)
    assert type(error) is kind
    assert (error.code, error.status, error.retryable) == (code, status, False)


def test_an_error_keeps_what_it_was_told():
    error = TertuliaError.from_wire(
        {
            "code": "invalid",
            "status": 422,
            "detail": "The request is not valid.",
            "params": {"limit": 16_000},
            "errors": [{"field": "text", "code": "too_long", "detail": "Too long."}],
            "retryable": False,
            "request_id": "r",
        }
    )
    assert error.params == {"limit": 16_000}
    assert error.errors == (errors.FieldError("text", "too_long", "Too long."),)
    assert error.request_id == "r"
    assert str(error) == "The request is not valid. [invalid] (text: Too long.)"


def test_whether_to_retry_is_the_servers_word_and_else_the_codes():
    def retryable(**told: object) -> bool:
        return TertuliaError.from_wire(told).retryable

    assert retryable(code="overloaded")
    assert not retryable(code="overloaded", retryable=False)
    assert not retryable(code="unauthenticated")


def test_a_problem_document_is_read():
    response = httpx.Response(
        429,
        headers={"Retry-After": "3"},
        json={"code": "rate_limited", "status": 429, "detail": "Slowly.", "retryable": True},
    )
    with pytest.raises(errors.RateLimited) as caught:
        http.get_server().read(response)
    assert caught.value.retry_after_ms == 3_000


@pytest.mark.parametrize("answer", ["<html>Not here</html>", "{}", "[]", '{"error": 1}'])
def test_what_is_no_tertulia_server_is_said(answer):
    response = httpx.Response(404, text=answer, request=httpx.Request("GET", "http://x/y"))
    with pytest.raises(errors.ServerError, match="no Tertulia server"):
        http.get_server().read(response)


async def test_no_server_is_unreachable():
    with pytest.raises(Unreachable):
        await http.get_server().send("http://127.0.0.1:1")
    with pytest.raises(Unreachable):
        http.get_server().send_sync("http://127.0.0.1:1")
