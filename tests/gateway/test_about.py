"""What the server says of itself."""

import json
import re

from tertulia.gateway.http.openapi import openapi
from tertulia.runtime.services import edges
from tests.gateway.house import House
from tests.gateway.site import Site, in_process, open_gateway


async def test_a_client_learns_what_it_has_to_know_before_it_signs_in(house: House):
    async with in_process(open_gateway(house, version="9.9.9")) as http:
        server = (await http.get("/api/v1/server")).json()
    limits = server.pop("limits")
    assert server == {
        "name": "La Casa",
        "version": "9.9.9",
        "protocol": 1,
        "features": [],
        "setup_required": False,
        "registration": "invite",
        "guests": True,
        "languages": ["en", "es"],
    }
    assert limits["text"] == 16_000
    assert limits["file_bytes"] == 0
    assert "writer_queue" not in limits


async def test_whether_i_may_be_a_guest_depends_on_where_i_ask_from(house: House):
    async with in_process(open_gateway(house), peer="203.0.113.9") as http:
        assert (await http.get("/api/v1/server")).json()["guests"] is False


async def test_metrics_count_calls_commands_and_connections(site: Site, house: House):
    ana = await site.visit(house.ana)
    await ana.says(house.taller, "hola")
    await ana.asks("no.such_command")
    http = await site.http()
    await http.get("/api/v1/users/me")
    metrics = (await http.get("/metrics")).text
    name = 'tertulia_requests_total{code="ok",name="conversations.post_message"}'
    assert float(re.search(re.escape(name) + r" (\S+)", metrics)[1]) >= 1  # pyright: ignore
    assert 'code="gateway.unknown_command",name="unknown"' in metrics
    assert 'code="unauthenticated",name="accounts.get_profile"' in metrics
    assert "tertulia_connections 1.0" in metrics
    assert "no.such_command" not in metrics


def test_openapi_comes_from_the_tables():
    document = openapi(edges(), "1.2.3")
    tables = {(route.method.lower(), route.path) for edge in edges() for route in edge.routes}
    listed = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert listed == tables | {("get", "/server")}
    operations = [it for methods in document["paths"].values() for it in methods.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert references <= set(document["components"]["schemas"])


def test_openapi_says_where_each_field_travels():
    paths = openapi(edges(), "1.2.3")["paths"]
    post = paths["/conversations/{conversation_id}/messages"]["post"]
    assert [it["name"] for it in post["parameters"]] == ["conversation_id"]
    body = post["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["text"]
    assert "conversation_id" not in body["properties"]
    assert post["x-command"] == "conversations.post_message"
    assert {"200", "201", "default"} == set(post["responses"])
    listing = paths["/conversations/{conversation_id}/messages"]["get"]
    assert {it["in"] for it in listing["parameters"]} == {"path", "query"}
    assert "requestBody" not in listing
    assert paths["/sessions"]["post"]["security"] == []


async def test_the_reference_is_a_page_without_a_script(house: House):
    async with in_process(open_gateway(house)) as http:
        page = await http.get("/api/docs")
        assert "/conversations/{conversation_id}/messages" in page.text
        assert "conversations.post_message" in page.text
        assert "<script" not in page.text
        assert "<style" not in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert (await http.get("/api/openapi.json")).json()["openapi"] == "3.1.0"
