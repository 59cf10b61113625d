"""HTTP calls: path, query and body become a request, its answer a response."""

import pytest

from tertulia.accounts.contract import GetProfile
from tertulia.conversations.contract.conversations import CreateConversation, Join, MarkRead
from tertulia.conversations.contract.messages import DeleteMessage, PostMessage
from tertulia.conversations.contract.updates import ListMessages
from tertulia.gateway.http.calls import by_path
from tertulia.kernel.errors import (
    Overloaded,
    StorageFull,
    Unavailable,
)
from tertulia.kernel.ids import new_id
from tertulia.kit.edge import Route
from tests.gateway.house import House
from tests.gateway.site import in_process, open_gateway

API = "/api/v1"


@pytest.fixture
async def http(house: House):
    async with in_process(open_gateway(house)) as client:
        yield client


async def test_path_and_body_are_one_request(http, house: House):
    id_ = new_id()
    path = f"{API}/conversations/{house.taller}/messages"
    answer = await http.post(path, json={"text": "hola", "id": id_}, headers=house.ana.bearer)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert (answer.json()["id"], answer.json()["text"]) == (id_, "hola")
    assert "message" not in answer.json()
    assert "created" not in answer.json()
    asked = house.asked_for(PostMessage)[0]
    assert (asked.conversation_id, asked.id) == (house.taller, id_)


async def test_who_asks_is_the_one_of_the_token(http, house: House):
    await http.get(f"{API}/users/me", headers=house.bruno.bearer)
    actor = next(actor for request, actor in house.asked if isinstance(request, GetProfile))
    assert (actor.id, actor.kind, actor.username) == (house.bruno.id, "person", "bruno")
    assert actor.session_id == house.bruno.identity.session_id
    assert not actor.administrator


async def test_created_decides_between_201_and_200(http, house: House):
    body = {"kind": "group", "id": new_id()}
    first = await http.post(f"{API}/conversations", json=body, headers=house.ana.bearer)
    again = await http.post(f"{API}/conversations", json=body, headers=house.ana.bearer)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"] == body["id"]
    assert house.asked_for(CreateConversation)


async def test_the_query_is_converted_by_the_type_of_its_field(http, house: House):
    path = f"{API}/conversations/{house.taller}/messages"
    around = new_id()
    await http.get(path, params={"before": "7", "limit": "3"}, headers=house.ana.bearer)
    await http.get(path, params={"around": around}, headers=house.ana.bearer)
    await http.get(path, params={"around": "12"}, headers=house.ana.bearer)
    first, second, third = house.asked_for(ListMessages)
    assert (first.before, first.limit, second.around, third.around) == (7, 3, around, 12)
    await http.delete(f"{API}/messages/{around}?undone=true", headers=house.ana.bearer)
    assert house.asked_for(DeleteMessage)[0].undone is True


async def test_nothing_to_say_is_204(http, house: House):
    path = f"{API}/conversations/{house.taller}"
    for call in (
        http.put(f"{path}/members/me", headers=house.ana.bearer),
        http.put(f"{path}/read", json={"seq": 1}, headers=house.ana.bearer),
    ):
        answer = await call
        assert (answer.status_code, answer.content) == (204, b"")
    assert house.asked_for(Join)
    assert house.asked_for(MarkRead)


async def test_a_path_with_a_word_goes_before_one_with_a_field(http, house: House):
    assert (await http.get(f"{API}/users/me", headers=house.ana.bearer)).status_code == 200
    assert list(by_path([Route("GET", "/users/{user_id}", GetProfile), *_ME])) == [
        "/users/me",
        "/users/{user_id}",
    ]


_ME = [Route("GET", "/users/me", GetProfile)]


def test_two_tables_may_not_claim_the_same_call():
    with pytest.raises(ValueError, match="two tables"):
        by_path([*_ME, *_ME])


async def test_the_same_field_given_differently_is_refused(http, house: House):
    path = f"{API}/conversations/{house.taller}/messages"
    body = {"text": "hola", "conversation_id": new_id()}
    answer = await http.post(path, json=body, headers=house.ana.bearer)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "conversation_id"
    same = {"text": "hola", "conversation_id": house.taller}
    assert (await http.post(path, json=same, headers=house.ana.bearer)).status_code == 201


async def test_signing_in_sets_the_cookie_and_signing_out_clears_it(http, house: House):
    sign_in = {"login": "ana", "password": "secreto!"}
    answer = await http.post(f"{API}/sessions", json=sign_in)
    assert answer.status_code == 201
    assert answer.json()["token"] == house.ana.token
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"tertulia_session={house.ana.token};")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    http.cookies.clear()
    answer = await http.delete(f"{API}/sessions/current", headers=house.ana.bearer)
    assert answer.status_code == 204
    assert answer.headers["set-cookie"].startswith('tertulia_session="";')
    assert (await http.get(f"{API}/users/me", headers=house.ana.bearer)).status_code == 401


async def test_the_cookie_is_secure_behind_tls(house: House):
    sign_in = {"login": "ana", "password": "secreto!"}
    async with in_process(open_gateway(house), base_url="https://localhost") as http:
        answer = await http.post(f"{API}/sessions", json=sign_in)
    assert "; Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


async def test_ending_another_session_keeps_the_cookie(http, house: House):
    house.raises.clear()
    other = house.person("Ana2")
    house.bus._handlers[next(k for k in house.bus._handlers if k.__name__ == "RevokeSession")] = (
        house._nothing
    )
    answer = await http.delete(
        f"{API}/sessions/{other.identity.session_id}", headers=house.ana.bearer
    )
    assert answer.status_code == 204
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("error", "status", "code", "wait"),
    [
        (Overloaded(retry_after=3.2), 503, "overloaded", "4"),
        (StorageFull(), 503, "storage_full", "1"),
        (Unavailable(), 503, "unavailable", "1"),
        (RuntimeError("a secret of the inside"), 500, "internal", None),
    ],
)
async def test_failures_are_problems_over_http_and_errors_on_the_socket(
    http, house: House, error, status: int, code: str, wait: str | None
):
    house.raises[GetProfile] = error
    answer = await http.get(f"{API}/users/me", headers=house.ana.bearer)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["retryable"] is True
    assert answer.headers.get("retry-after") == wait
    assert "secret" not in answer.text


async def test_a_problem_has_all_its_parts(http):
    answer = await http.get(f"{API}/users/me")
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "code": "unauthenticated",
        "detail": "Sign in first.",
        "retryable": False,
        "request_id": problem["request_id"],
    }


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/users/me", "/api/v1/users/me/"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
async def test_an_unknown_path_below_api_is_a_problem(http, method: str, path: str):
    answer = await http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_method_that_a_path_does_not_know_is_a_problem(http):
    answer = await http.put(f"{API}/sessions")
    assert (answer.status_code, answer.json()["status"]) == (405, 405)
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))
    answer = await http.post("/healthz")
    assert answer.status_code == 405
    answer = await http.post("/")
    assert (answer.status_code, answer.json()["code"]) == (405, "invalid")


async def test_every_answer_of_the_api_is_kept_by_nobody(http, house: House):
    for answer in (
        await http.get(f"{API}/users/me", headers=house.ana.bearer),
        await http.get(f"{API}/users/me"),
        await http.get(f"{API}/server"),
        await http.get("/api/nothing"),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["vary"] == "Authorization, Cookie, Origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in answer.headers


async def test_every_request_has_an_id_of_its_own(http):
    first = await http.get(f"{API}/server", headers={"X-Request-Id": "mine"})
    second = await http.get(f"{API}/server")
    assert len({first.headers["x-request-id"], second.headers["x-request-id"], "mine"}) == 3


async def test_head_is_answered_like_get(http):
    answer = await http.head(f"{API}/server")
    assert answer.status_code == 200


async def test_a_guest_may_use_conversations_and_nothing_else(http, house: House):
    guest = house.person("Guest", kind="guest")
    path = f"{API}/conversations/{house.plaza}/messages"
    answer = await http.post(path, json={"text": "hola"}, headers=guest.bearer)
    assert answer.status_code == 201
    answer = await http.get(f"{API}/users/me", headers=guest.bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
