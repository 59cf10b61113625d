"""Bad input: the same coded error over HTTP and on the socket, and nothing reaches a service."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tertulia.conversations.contract.messages import PostMessage
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tests.gateway.house import House
from tests.gateway.site import RawSocket, Site, in_process, open_gateway, serving

DEEP = "[" * 100_000 + "]" * 100_000


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with in_process(open_gateway(house)) as client:
        client.headers.update(house.ana.bearer)
        yield client


@pytest.fixture
async def raw(site: Site, house: House) -> RawSocket:
    raw = await site.websocket()
    await raw.connect(house.ana)
    return raw


def path(house: House) -> str:
    return f"/api/v1/conversations/{house.taller}/messages"


WRONG: list[tuple[dict[str, Any], str, str, dict[str, Any]]] = [
    ({}, "text", "missing", {}),
    ({"text": 7}, "text", "string_type", {}),
    ({"text": None}, "text", "string_type", {}),
    ({"text": ["a"]}, "text", "string_type", {}),
    ({"text": {"$ne": ""}}, "text", "string_type", {}),
    ({"text": "x" * 16_001}, "text", "too_long", {"limit": 16_000}),
    ({"text": "a\0b"}, "text", "control_character", {}),
    ({"text": "\ud800"}, "text", "lone_surrogate", {}),
    ({"text": "hola", "sender": "ana"}, "sender", "unknown_field", {}),
    ({"text": "hola", "seq": 7}, "seq", "unknown_field", {}),
    ({"text": "hola", "created_at": "2026-01-01T00:00:00Z"}, "created_at", "unknown_field", {}),
    ({"text": "hola", "\ud800": 1}, "", "", {}),
    ({"text": "hola", "id": "not an id"}, "id", "invalid", {}),
    ({"text": "hola", "id": new_id().upper()}, "id", "invalid", {}),
    ({"text": "hola", "also_in_channel": "yes"}, "also_in_channel", "bool_type", {}),
    ({"text": "hola", "also_in_channel": 1}, "also_in_channel", "bool_type", {}),
    ({"text": "hola", "attachments": [new_id()]}, "attachments", "too_long", {"limit": 0}),
]


@pytest.mark.parametrize(("fields", "field", "code", "params"), WRONG, ids=lambda it: repr(it)[:30])
async def test_wrong_values_name_their_field_over_http_and_on_the_socket(
    http: httpx.AsyncClient,
    raw: RawSocket,
    house: House,
    fields: dict[str, Any],
    field: str,
    code: str,
    params: dict[str, Any],
):
    body = json.dumps(fields)
    answer = await http.post(
        path(house), content=body, headers={"Content-Type": "application/json"}
    )
    command = json.dumps(
        ["conversations.post_message", {**fields, "conversation_id": house.taller}]
    )
    await raw.send("421" + command)
    error = (await raw.ack(1))["error"]
    for refusal in (answer.json(), error):
        assert refusal["code"] == "invalid"
        assert refusal["status"] in {400, 422}
        if field:
            assert refusal["status"] == 422
            assert (refusal["errors"][0]["field"], refusal["errors"][0]["code"]) == (field, code)
            assert refusal.get("params", {}) == params
    assert answer.status_code == answer.json()["status"]
    assert not house.asked_for(PostMessage)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 422),
        (b"null", 400),
        (b'"text"', 400),
        (b"[1]", 400),
        (b'{"text": NaN}', 400),
        (b'{"text": Infinity}', 400),
        (b'{"text": -Infinity}', 400),
        (b'{"text": 1e999}', 400),
        (b'{"text": "a", "text": "b"}', 400),
        (b'{"text": {"a": 1, "a": 2}}', 400),
        (b'\xef\xbb\xbf{"text": "a"}', 400),
        (b'{"text": "\xff\xfe"}', 400),
        ('{"text": "a"}'.encode("utf-16"), 400),
        (b'{"text": "a"} x', 400),
        (b"{'text': 'a'}", 400),
        (('{"text": ' + "9" * 100_000 + "}").encode(), 400),
        (DEEP.encode(), 400),
        (('{"text": ' + DEEP + "}").encode(), 400),
        (('{"text": ' + "[" * 100 + "]" * 100 + "}").encode(), 400),
        (b'{"text": [' + b"1," * 30_000 + b"1]}", 400),
    ],
    ids=lambda it: repr(it)[:30],
)
async def test_what_is_no_json_object_is_malformed(
    http: httpx.AsyncClient, house: House, body: bytes, status: int
):
    answer = await http.post(
        path(house), content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, "invalid")
    assert not house.asked_for(PostMessage)


@pytest.mark.parametrize(
    "argument",
    [
        "null",
        "7",
        '"text"',
        "[]",
        "{},{}",
        '{"text":NaN}',
        '{"text":1e999}',
        '{"text":"a","text":"b"}',
        '{"text":' + "[" * 100 + "]" * 100 + "}",
        '{"text":[' + "1," * 30_000 + "1]}",
    ],
    ids=lambda it: it[:20],
)
async def test_an_argument_that_is_no_object_is_refused_and_the_connection_goes_on(
    raw: RawSocket, house: House, argument: str
):
    await raw.send(f'421["conversations.post_message",{argument}]')
    error = (await raw.ack(1))["error"]
    assert error["code"] == "invalid"
    assert error["status"] in {400, 422}
    await raw.send('422["conversations.list_conversations"]')
    assert (await raw.ack(2))["ok"]
    assert not house.asked_for(PostMessage)


@pytest.mark.parametrize("name", ["conversations.nothing", "x", "", "gateway.ready", "__class__"])
async def test_an_unknown_command_is_told(raw: RawSocket, name: str):
    await raw.send("421" + json.dumps([name, {}]))
    error = (await raw.ack(1))["error"]
    assert (error["code"], error["status"]) == ("gateway.unknown_command", 404)
    assert error["request_id"]


@pytest.mark.parametrize(
    "name", ["accounts.authenticate", "accounts.create_account", "presence.connect"]
)
async def test_what_services_ask_each_other_is_no_command(raw: RawSocket, name: str):
    await raw.send("421" + json.dumps([name, {}]))
    assert (await raw.ack(1))["error"]["code"] == "gateway.unknown_command"


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json; charset=latin-1",
        "application/jsonp",
    ],
)
async def test_another_media_type_is_refused(
    http: httpx.AsyncClient, house: House, media_type: str
):
    answer = await http.post(
        path(house), content=b'{"text": "a"}', headers={"Content-Type": media_type}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "invalid")


async def test_json_says_its_charset_if_it_likes(http: httpx.AsyncClient, house: House):
    for media_type in ("application/json", "Application/JSON; charset=UTF-8"):
        answer = await http.post(
            path(house), content='{"text": "ñ"}'.encode(), headers={"Content-Type": media_type}
        )
        assert answer.json()["text"] == "ñ"


async def test_a_body_above_its_limit_is_refused_while_it_streams(house: House):
    async with serving(house, Limits(body_bytes=1000)) as site:
        http = await site.http(headers={**house.ana.bearer, "Content-Type": "application/json"})
        exact = json.dumps({"text": "x"}).encode().ljust(1000)
        assert (await http.post(path(house), content=exact)).status_code == 201
        answer = await http.post(path(house), content=exact + b" ")
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert answer.json()["params"] == {"limit": 1000}

        async def endless():
            for _ in range(100):
                yield b" " * 100

        answer = await http.post(path(house), content=endless())
        assert answer.status_code == 413
    assert len(house.asked_for(PostMessage)) == 1


async def test_a_body_that_does_not_come_is_not_waited_for(
    site: Site, house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tertulia.gateway.http.body.BODY_SECONDS", 0.1)
    http = await site.http(headers={**house.ana.bearer, "Content-Type": "application/json"})

    async def dribble():
        yield b"{"
        await asyncio.sleep(3)

    answer = await http.post(path(house), content=dribble())
    assert (answer.status_code, answer.json()["code"]) == (408, "invalid")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("before=x", "before"),
        ("before=1e3", "before"),
        ("before=1.5", "before"),
        ("limit=", "limit"),
        ("limit=" + "9" * 101, "limit"),
        ("limit=٣", "limit"),
        ("around=nothing", "around"),
        ("unknown=1", "unknown"),
        ("limit=1&limit=2", "limit"),
        ("limit=1&limit=1", "limit"),
    ],
)
async def test_a_wrong_query_names_its_field(
    http: httpx.AsyncClient, house: House, query: str, field: str
):
    answer = await http.get(f"{path(house)}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("query", ["a=%ff", "&".join(f"a{n}=1" for n in range(200))])
async def test_a_query_that_cannot_be_read_is_malformed(
    http: httpx.AsyncClient, house: House, query: str
):
    assert (await http.get(f"{path(house)}?{query}")).status_code == 400


@pytest.mark.parametrize(
    "id_",
    ["x", "../x", "%00", "%2e%2e", "me", "1", pytest.param(new_id().upper(), id="capitals")],
)
async def test_an_id_in_the_path_that_is_none_is_no_defect(http: httpx.AsyncClient, id_: str):
    answer = await http.get(f"/api/v1/messages/{id_}")
    assert answer.status_code in {404, 422}
    assert answer.json()["code"] in {"invalid", "not_found"}


@pytest.mark.parametrize("token", ["", "x", "ñ", "x" * 300, "a b", "\x7f"])
async def test_a_token_that_is_none_is_401(house: House, token: str):
    async with in_process(open_gateway(house)) as http:
        headers = {b"Authorization": b"Bearer " + token.encode("latin-1", "replace")}
        answer = await http.get("/api/v1/users/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_errors_are_counted_out_to_a_measure(http: httpx.AsyncClient, house: House):
    body = {f"unknown{n}": n for n in range(500)}
    answer = await http.post(path(house), json=body)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 20


async def test_binary_arguments_are_refused(site: Site, house: House):
    ana = await site.visit(house.ana)
    answer = await ana.asks("conversations.post_message", {"text": b"bytes"})
    assert answer["error"]["code"] == "invalid"
    assert (await ana.says(house.taller, "goes on"))["ok"]
