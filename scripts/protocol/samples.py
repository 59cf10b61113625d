"""Examples of what is on the wire: one value for each schema, always the same one."""

import zlib
from collections.abc import Mapping
from typing import Any

from scripts.protocol.schemas import Schemas, nullable

MOMENT = "2026-10-08T09:12:00.000Z"

# What a field of this name usually holds.
TEXTS = {
    "avatar_url": "",
    "client": "Firefox on Linux",
    "code": "tinto-de-verano",
    "cursor": "next page",
    "display_name": "Ana",
    "email": "ana@example.org",
    "emoji": "👍",
    "epoch": "e1",
    "invite": "tinto-de-verano",
    "language": "es",
    "login": "ana",
    "mentions": "here",
    "name": "general",
    "organization": "Plaza",
    "password": "una frase larga",
    "query": "bru",
    "setup_code": "123456",
    "text": "hola",
    "time_zone": "Europe/Madrid",
    "token": "a token",
    "topic": "De todo un poco",
    "url": "https://chat.example.org/join/tinto-de-verano",
    "username": "ana",
}
NUMBERS = {"head": 7, "messages": 5, "seq": 7, "number": 5, "read": 6, "member_count": 4}
# What is usually null, though it may hold something.
ABSENT = {
    "about",
    "after",
    "archived_at",
    "around",
    "avatar_url",
    "before",
    "data",
    "deleted_at",
    "edited_at",
    "max_uses",
    "next",
    "people",
    "pinned_at",
    "reply_to",
    "thread_id",
}


def identifier(name: str) -> str:
    """A UUIDv7 that is always the same for a name."""
    return f"0199c1f4-{zlib.crc32(name.encode()) & 0xFFFF:04x}-7000-8000-{'0' * 11}1"


def sample(schemas: Schemas, schema: Mapping[str, Any], name: str = "") -> Any:
    """A value of the schema, as a field of this name usually has."""
    schema = schemas.resolve(schema)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return chosen(schemas, schema, schema[choice], name)
    return plain(schemas, schema, name)


def chosen(schemas: Schemas, schema: Mapping[str, Any], parts: list[Any], name: str) -> Any:
    """One of the choices: null where that is usual, else the first."""
    if name in ABSENT and nullable(schema):
        return None
    return sample(schemas, parts[0], name)


def plain(schemas: Schemas, schema: Mapping[str, Any], name: str) -> Any:
    """A value of a schema without choices."""
    match schema.get("type"):
        case "string":
            return text(schema, name)
        case "integer" | "number":
            return max(NUMBERS.get(name, 1), schema.get("minimum", 0))
        case "boolean":
            return False
        case "array":
            return [] if schema.get("maxItems") == 0 else [sample(schemas, schema["items"], name)]
        case "object":
            return record(schemas, schema, name)
        case _:
            return None


def text(schema: Mapping[str, Any], name: str) -> str:
    """A string: an id, a time or what people write there."""
    match schema.get("format"):
        case "uuid":
            return identifier(name.removesuffix("s"))
        case "date-time":
            return MOMENT
        case _:
            return TEXTS.get(name, name or "text")


def record(schemas: Schemas, schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object; one with any keys has one entry."""
    if properties := schema.get("properties"):
        return {key: sample(schemas, part, key) for key, part in properties.items()}
    values = schema.get("additionalProperties")
    if not isinstance(values, Mapping):
        return {}
    return {text(schema.get("propertyNames", {}), name): sample(schemas, values, name)}


def request(schemas: Schemas, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a request: those that it must have, and the id of what it creates."""
    schema = schemas.resolve(schema)
    wanted = [
        *schema.get("required", ()),
        *(["id"] if "id" in schema.get("properties", {}) else []),
    ]
    return {key: sample(schemas, schema["properties"][key], key) for key in dict.fromkeys(wanted)}
