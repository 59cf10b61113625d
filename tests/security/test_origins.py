"""Which pages may use the server, with which credential (security.md, B1, I5, I6)."""

import pytest
from websockets.exceptions import InvalidStatus

from tertulia.conversations.contract.messages import PostMessage
from tests.gateway.house import House
from tests.gateway.site import Site, in_process, open_gateway, serving

OWN = "http://localhost:8000"
ALLOWED = "https://partner.example"
FOREIGN = [
    "https://evil.example",
    "null",
    "",
    "http://localhost:8001",
    "https://localhost:8000",
    "http://localhost:8000.evil.example",
    "http://localhost:8000, http://localhost:8000",
    "http://evil.example#http://localhost:8000",
]


def credential(kind: str, house: House) -> dict[str, str]:
    return {"token": house.ana.bearer, "cookie": house.ana.cookie, "none": {}}[kind]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("kind", ["token", "cookie", "none"])
async def test_an_unsafe_call_of_a_strangers_page_is_refused(house: House, origin: str, kind: str):
    async with in_process(open_gateway(house, allowed_origins=[ALLOWED])) as http:
        answer = await http.post(
            f"/api/v1/conversations/{house.taller}/messages",
            json={"text": "hola"},
            headers={"Origin": origin, **credential(kind, house)},
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "access-control-allow-origin" not in answer.headers
        sign_in = {"login": "ana", "password": "secreto!"}
        answer = await http.post("/api/v1/sessions", json=sign_in, headers={"Origin": origin})
        assert answer.status_code == 403
    assert not house.asked_for(PostMessage)


@pytest.mark.parametrize(
    ("origin", "kind", "status"),
    [
        (OWN, "token", 201),
        (OWN, "cookie", 201),
        (OWN, "none", 401),
        (ALLOWED, "token", 201),
        (ALLOWED, "cookie", 403),
        (ALLOWED, "none", 401),
        (None, "token", 201),
        (None, "cookie", 403),
        (None, "none", 401),
    ],
)
async def test_an_unsafe_call_takes_the_cookie_beside_the_own_origin_only(
    house: House, origin: str | None, kind: str, status: int
):
    headers = credential(kind, house) | ({"Origin": origin} if origin else {})
    async with in_process(open_gateway(house, allowed_origins=[ALLOWED])) as http:
        path = f"/api/v1/conversations/{house.taller}/messages"
        answer = await http.post(path, json={"text": "hola"}, headers=headers)
    assert answer.status_code == status


async def test_a_token_goes_before_the_cookie(house: House):
    async with in_process(open_gateway(house)) as http:
        both = house.ana.bearer | house.bruno.cookie
        answer = await http.get("/api/v1/users/me", headers=both)
        assert answer.json()["username"] == "ana"
        dead = {"Authorization": "Bearer dead"} | house.bruno.cookie
        assert (await http.get("/api/v1/users/me", headers=dead)).status_code == 401


@pytest.mark.parametrize(
    ("origin", "status"), [(None, 200), (OWN, 200), ("https://evil.example", 401)]
)
async def test_a_safe_call_takes_the_cookie_without_an_origin_and_beside_the_own(
    house: House, origin: str | None, status: int
):
    headers = house.ana.cookie | ({"Origin": origin} if origin else {})
    async with in_process(open_gateway(house)) as http:
        assert (await http.get("/api/v1/users/me", headers=headers)).status_code == status


async def test_a_program_signs_in_again_whatever_cookie_it_kept(house: House):
    async with in_process(open_gateway(house)) as http:
        sign_in = {"login": "bruno", "password": "secreto!"}
        answer = await http.post("/api/v1/sessions", json=sign_in, headers=house.ana.cookie)
    assert answer.status_code == 201


async def test_own_is_the_origin_of_base_url_where_it_is_set(house: House):
    gateway = open_gateway(house, base_url="https://chat.example")
    async with in_process(gateway, base_url="http://chat.example") as http:
        for origin, status in (("https://chat.example", 201), ("http://chat.example", 403)):
            answer = await http.post(
                f"/api/v1/conversations/{house.taller}/messages",
                json={"text": "hola"},
                headers=house.ana.cookie | {"Origin": origin},
            )
            assert answer.status_code == status


async def test_cors_answers_allowed_origins_and_never_with_credentials(house: House):
    async with in_process(open_gateway(house, allowed_origins=[ALLOWED])) as http:
        asks = {"Access-Control-Request-Method": "PATCH"}
        path = "/api/v1/users/me"
        preflight = await http.options(path, headers={"Origin": ALLOWED, **asks})
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == ALLOWED
        assert "PATCH" in preflight.headers["access-control-allow-methods"]
        assert "authorization" in preflight.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in preflight.headers
        answer = await http.get(path, headers={"Origin": ALLOWED, **house.ana.bearer})
        assert answer.headers["access-control-allow-origin"] == ALLOWED
        assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
        assert "Origin" in answer.headers["vary"]
        for origin in ("https://evil.example", "null", OWN):
            preflight = await http.options(path, headers={"Origin": origin, **asks})
            assert preflight.status_code == 403
            assert "access-control-allow-origin" not in preflight.headers
            answer = await http.get(path, headers={"Origin": origin, **house.ana.bearer})
            assert "access-control-allow-origin" not in answer.headers


async def test_a_strangers_page_opens_no_socket(house: House):
    async with serving(house, allowed_origins=[ALLOWED]) as site:
        for origin in ("https://evil.example", "null", f"{site.origin}1", "http://127.0.0.1"):
            for headers in (house.ana.cookie, house.ana.bearer, {}):
                with pytest.raises(InvalidStatus) as refused:
                    await site.websocket(origin=origin, additional_headers=headers)
                assert refused.value.response.status_code == 403
                http = await site.http(headers={"Origin": origin, **headers})
                answer = await http.get("/ws?EIO=4&transport=polling")
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert not site.gateway._server.eio.sockets


async def test_an_allowed_page_opens_a_socket_with_a_token(house: House):
    async with serving(house, allowed_origins=[ALLOWED]) as site:
        raw = await site.websocket(origin=ALLOWED)
        await raw.connect(house.ana)
        raw = await site.websocket(origin=ALLOWED, additional_headers=house.ana.cookie)
        await raw.until("0{")
        await raw.send("40")
        assert '"forbidden"' in await raw.until("44")
        http = await site.http(headers={"Origin": ALLOWED})
        answer = await http.get("/socket.io/?EIO=4&transport=polling")
        assert answer.headers["access-control-allow-origin"] == ALLOWED
        assert "access-control-allow-credentials" not in answer.headers


async def test_a_page_does_not_carry_on_what_a_program_opened(site: Site, house: House):
    polling = await site.polling()
    answer = await polling.post("40", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
