"""OpenAPI 3.1 of the HTTP calls: path, query and body are the fields of the command."""

import re
from typing import Any

from scripts.protocol import samples
from scripts.protocol.reference import CallReference, Reference
from scripts.protocol.schemas import PREFIX, Schema, restricted

BODILESS = {"GET", "DELETE"}
PROBLEM = {"$ref": "#/components/responses/Problem"}
DESCRIPTION = """\
Times are RFC 3339 UTC with milliseconds, ids are UUIDv7 strings, lists answer `items` and `next`.
Errors are problem documents (RFC 9457) with a `code`."""


def document(reference: Reference, version: str) -> dict[str, Any]:
    """The whole document; the order of its keys is that of the tables."""
    paths: dict[str, Any] = {"/server": {"get": server_call(reference)}}
    for call in reference.calls:
        paths.setdefault(call.path, {})[call.method.lower()] = operation(reference, call)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tertulia",
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "tertulia_session"},
            },
            "responses": {
                "Problem": {
                    "description": "What went wrong, by its `code`.",
                    "content": {
                        "application/problem+json": {"schema": {"$ref": PREFIX + "Problem"}}
                    },
                }
            },
            "schemas": reference.schemas.by_name,
        },
    }


def server_call(reference: Reference) -> dict[str, Any]:
    """The call that no service owns."""
    schema = {"$ref": PREFIX + "ServerInfo"}
    return {
        "operationId": "gateway.get_server",
        "summary": "What a client needs to know before anybody signs in.",
        "tags": ["gateway"],
        "security": [],
        "responses": {"200": answer(reference, schema), "default": PROBLEM},
    }


def operation(reference: Reference, call: CallReference) -> dict[str, Any]:
    """One call."""
    params = reference.schemas.resolve(call.params)
    in_path = re.findall(r"{(\w+)}", call.path)
    rest = [
        name
        for name in params.get("properties", {})
        if name not in in_path and name not in call.route.fixed
    ]
    in_query = rest if call.method in BODILESS else []
    parameters = [parameter(params, name, "path") for name in in_path]
    parameters += [parameter(params, name, "query") for name in in_query]
    return {
        "operationId": operation_id(reference, call),
        "summary": call.summary,
        "tags": [call.route.request.owner],
        **({"security": []} if call.route.public else {}),
        **({"parameters": parameters} if parameters else {}),
        **(body(reference, call, rest) if rest and not in_query else {}),
        "responses": responses(reference, call),
    }


def operation_id(reference: Reference, call: CallReference) -> str:
    """The name of the command; with the path's own words where two calls share one."""
    name = call.route.request.wire_name
    same = [other for other in reference.calls if other.route.request.wire_name == name]
    return name if same[0] is call else f"{name}.{same.index(call) + 1}"


def parameter(params: Any, name: str, place: str) -> dict[str, Any]:
    """A field that travels in the path or the query."""
    required = place == "path" or name in params.get("required", ())
    return {
        "name": name,
        "in": place,
        "required": required,
        "schema": params["properties"][name],
    }


def body(reference: Reference, call: CallReference, names: list[str]) -> dict[str, Any]:
    """The fields that travel in the body."""
    params = reference.schemas.resolve(call.params)
    schema = restricted(params, names)
    required = [name for name in names if name in params.get("required", ())]
    schema |= {"required": required, "additionalProperties": False}
    example = {
        name: value
        for name, value in samples.request(reference.schemas, call.params).items()
        if name in names
    }
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": bool(required), "content": content}}


def responses(reference: Reference, call: CallReference) -> dict[str, Any]:
    """What it answers when it went well, and otherwise."""
    status = str(call.route.status)
    good: dict[str, Any] = {status: {"description": "Done."}}
    if status != "204":
        good[status] = answer(reference, call.result)
    if status == "201" and "id" in reference.schemas.resolve(call.params)["properties"]:
        good["200"] = answer(reference, call.result, "It was there, as it is now.")
    return {**good, "default": PROBLEM}


def answer(reference: Reference, schema: Schema, description: str = "Done.") -> dict[str, Any]:
    """A JSON answer, with an example."""
    example = samples.sample(reference.schemas, schema)
    content = {"application/json": {"schema": schema, "example": example}}
    return {"description": description, "content": content}
