"""OpenAPI 3.1 of the HTTP calls, from the same tables that answer them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from tertulia.kernel.errors import AppError
from tertulia.kernel.messages import Request
from tertulia.kit.edge import Edge, Route

PREFIX = "#/components/schemas/"
Schema = dict[str, Any]

_IN_QUERY = frozenset({"GET", "DELETE"})
_PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "retryable", "request_id"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "params": {"type": "object"},
        "errors": {"type": "array", "items": {"$ref": f"{PREFIX}FieldError"}},
        "retryable": {"type": "boolean"},
        "request_id": {"type": "string", "format": "uuid"},
    },
}
_FIELD_ERROR: Schema = {
    "type": "object",
    "required": ["field", "code", "detail"],
    "properties": {name: {"type": "string"} for name in ("field", "code", "detail")},
}
_SERVER: Schema = {
    "type": "object",
    "required": ["name", "version", "protocol", "features", "setup_required", "registration"],
    "properties": {
        "name": {"type": "string"},
        "version": {"type": "string"},
        "protocol": {"const": 1},
        "features": {"type": "array", "items": {"type": "string"}},
        "setup_required": {"type": "boolean"},
        "registration": {"enum": ["open", "invite", "closed"]},
        "guests": {"type": "boolean"},
        "languages": {"type": "array", "items": {"type": "string"}},
        "limits": {"type": "object", "additionalProperties": {"type": "number"}},
    },
}


class _WireSchema(GenerateJsonSchema):
    """A model whose serializer only leaves out absent parts keeps its fields."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012

    def ser_schema(self, schema: Any) -> JsonSchemaValue | None:
        return None if schema["type"] == "function-wrap" else super().ser_schema(schema)


def openapi(edges: Iterable[Edge], version: str) -> dict[str, Any]:
    """The document. Paths stand in the order of the tables."""
    schemas = {"Problem": _PROBLEM, "FieldError": _FIELD_ERROR, "Server": _SERVER}
    paths: dict[str, Any] = {"/server": {"get": _server()}}
    for edge in edges:
        for route in edge.routes:
            operation = _operation(edge, route, schemas)
            paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tertulia", "version": version, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {"Problem": _problem()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "tertulia_session"},
            },
        },
        "x-error-codes": {code: AppError.by_code[code].status for code in sorted(AppError.by_code)},
    }


def _server() -> Schema:
    return {
        "operationId": "gateway.server",
        "summary": "What a client has to know before it signs in.",
        "tags": ["gateway"],
        "security": [],
        "responses": _responses(200, {"$ref": f"{PREFIX}Server"}),
    }


def _operation(edge: Edge, route: Route, schemas: dict[str, Schema]) -> Schema:
    request = _schema(route.request, schemas, "validation")
    operation: Schema = {
        "operationId": route.request.wire_name,
        "summary": _summary(route.request),
        "tags": [edge.service],
        "responses": _responses(route.status, _result(route, schemas)),
    }
    if route.request in edge.commands:
        operation["x-command"] = route.request.wire_name
    if route.public:
        operation["security"] = []
    parameters, body = _split(route, request)
    if parameters:
        operation["parameters"] = parameters
    if body["properties"]:
        content = {"application/json": {"schema": body}}
        operation["requestBody"] = {"required": bool(body["required"]), "content": content}
    return operation


def _split(route: Route, request: Schema) -> tuple[list[Schema], Schema]:
    """The fields by where they travel: path, query, or body."""
    required = set(request.get("required", ()))
    in_query = route.method in _IN_QUERY
    parameters: list[Schema] = []
    body: Schema = {"type": "object", "properties": {}, "required": []}
    for name, schema in request.get("properties", {}).items():
        in_path = f"{{{name}}}" in route.path
        if name in route.fixed:
            continue
        if in_path or in_query:
            parameters.append(_parameter(name, schema, "path" if in_path else "query", required))
            continue
        body["properties"][name] = schema
        body["required"] += [name] if name in required else []
    return parameters, body | {"additionalProperties": False}


def _parameter(name: str, schema: Schema, place: str, required: set[str]) -> Schema:
    must = place == "path" or name in required
    return {"name": name, "in": place, "required": must, "schema": schema}


def _result(route: Route, schemas: dict[str, Schema]) -> Schema | None:
    result = route.request.result_type()
    if result in {None, type(None)}:
        return None
    schema = _schema(result, schemas, "serialization")
    if route.body is not None:
        return schema["properties"][route.body]
    schema.get("properties", {}).pop("created", None)
    return schema


def _schema(kind: Any, schemas: dict[str, Schema], mode: Any) -> Schema:
    """The schema of a type; what it refers to is collected."""
    schema = TypeAdapter(kind).json_schema(
        mode=mode, ref_template=f"{PREFIX}{{model}}", schema_generator=_WireSchema
    )
    schemas.update(schema.pop("$defs", {}))
    return schema


def _responses(status: int, schema: Schema | None) -> Schema:
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    code = str(status if schema else 204)
    return {
        code: {"description": "Done." if schema else "Done; there is nothing to say.", **content},
        **({"200": {"description": "It was there.", **content}} if code == "201" else {}),
        "default": {"$ref": "#/components/responses/Problem"},
    }


def _problem() -> Schema:
    content = {"application/problem+json": {"schema": {"$ref": f"{PREFIX}Problem"}}}
    return {"description": "Refused or failed; `code` says why (RFC 9457).", "content": content}


def _summary(request: type[Request[Any]]) -> str:
    return " ".join((request.__doc__ or "").split("\n\n")[0].split())


def parameters_of(operation: Mapping[str, Any]) -> Sequence[tuple[str, str, bool]]:
    """`(name, where, required)` of everything an operation takes, for a reader."""
    named = [(it["name"], it["in"], it["required"]) for it in operation.get("parameters", ())]
    content = operation.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema", {})
    return named + [
        (name, "body", name in body.get("required", ())) for name in body.get("properties", {})
    ]
