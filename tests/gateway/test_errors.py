"""Every error a client may meet: the same over HTTP and on the socket, told in full."""

import pytest

from tertulia.conversations.contract.messages import GetMessage
from tertulia.kernel.errors import AppError, Conflict, FieldError
from tertulia.kernel.ids import new_id
from tests.gateway.house import House
from tests.gateway.site import Site

ABSTRACT = {"internal", Conflict.code}
CODES = sorted(AppError.by_code.keys() - ABSTRACT)


@pytest.mark.parametrize("code", CODES)
async def test_an_error_is_the_same_over_http_and_on_the_socket(
    site: Site, house: House, code: str
):
    kind = AppError.by_code[code]
    wrong = FieldError("a.b", "too_long", "longer than 7")
    house.raises[GetMessage] = kind(params={"limit": 7}, errors=[wrong], retry_after=1.5)
    fields = {"message_id": new_id()}
    ana = await site.visit(house.ana)
    answer = await ana.asks("conversations.get_message", fields)
    http = await site.http(headers=house.ana.bearer)
    response = await http.get(f"/api/v1/messages/{fields['message_id']}")
    problem = response.json()
    error = answer["error"]
    assert answer["ok"] is False
    assert error.pop("retry_after_ms") == 1500
    assert response.headers["retry-after"] == "2"
    assert response.status_code == problem["status"] == kind.status
    assert response.headers["x-request-id"] == problem.pop("request_id")
    assert problem.pop("type") == "about:blank"
    assert problem.pop("title")
    assert error.pop("request_id")
    assert error == problem
    assert error == {
        "code": code,
        "status": kind.status,
        "detail": kind.detail,
        "retryable": kind.retryable,
        "params": {"limit": 7},
        "errors": [{"field": "a.b", "code": "too_long", "detail": "longer than 7"}],
    }


async def test_a_defect_tells_nothing_of_the_inside(site: Site, house: House):
    house.raises[GetMessage] = RuntimeError("a secret of the inside")
    ana = await site.visit(house.ana)
    error = (await ana.asks("conversations.get_message", {"message_id": new_id()}))["error"]
    assert (error["code"], error["status"], error["retryable"]) == ("internal", 500, True)
    assert "secret" not in str(error)


async def test_an_error_without_more_to_say_says_no_more(site: Site, house: House):
    ana = await site.visit(house.ana)
    error = (await ana.asks("conversations.get_message", {"message_id": new_id()}))["error"]
    assert set(error) == {"code", "status", "detail", "retryable", "request_id"}
