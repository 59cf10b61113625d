"""Examples of what is on the wire: one value for each schema, always the same one."""

import re
import zlib
from collections.abc import Mapping
from typing import Any

from scripts.protocol.schemas import PREFIX, Schemas, nullable

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
    "kind": "text",
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
NUMBERS = {
    "head": 7,
    "member_count": 4,
    "messages": 5,
    "mention_count": 0,
    "number": 5,
    "looked": 1,
    "read": 6,
    "reply_count": 0,
    "seq": 7,
    "version": 1_759_914_720_000,
}
EMPTY = {"attachments", "errors", "gone", "resync"}
# What a field calls a thing that has another name elsewhere.
NOUNS = {
    "actor": "user",
    "author": "user",
    "profile": "user",
    "reply_to": "message",
    "root": "message",
    "shared": "conversation",
    "thread": "message",
}
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


def identifier(noun: str) -> str:
    """A UUIDv7 that is always the same for a thing of this name."""
    noun = NOUNS.get(noun, noun)
    return f"0199c1f4-{zlib.crc32(noun.encode()) & 0xFFFF:04x}-7000-8000-{'0' * 11}1"


def noun_of(field: str, kind: str) -> str:
    """`message_id` and `message_ids` name a message; `id` names the kind that it stands in."""
    if field == "id":
        return re.split(r"(?=[A-Z])", kind.removesuffix("View"))[-1].lower()
    return re.sub(r"_ids?$", "", field)


def sample(schemas: Schemas, schema: Mapping[str, Any], name: str = "", kind: str = "") -> Any:
    """A value of the schema, as a field of this name usually has in a thing of this kind."""
    kind = schema["$ref"].removeprefix(PREFIX) if "$ref" in schema else kind
    schema = schemas.resolve(schema)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            absent = name in ABSENT and nullable(schema)
            return None if absent else sample(schemas, schema[choice][0], name, kind)
    return plain(schemas, schema, name, kind)


def plain(schemas: Schemas, schema: Mapping[str, Any], name: str, kind: str) -> Any:
    """A value of a schema without choices."""
    match schema.get("type"):
        case "string":
            return text(schema, name, kind)
        case "integer" | "number":
            return max(NUMBERS.get(name, 1), schema.get("minimum", 0))
        case "boolean":
            return False
        case "array":
            empty = name in EMPTY or schema.get("maxItems") == 0
            return [] if empty else [sample(schemas, schema["items"], name, kind)]
        case "object":
            return record(schemas, schema, name, kind)
        case _:
            return None


def text(schema: Mapping[str, Any], name: str, kind: str) -> str:
    """A string: an id, a time or what people write there."""
    match schema.get("format"):
        case "uuid":
            return identifier(noun_of(name, kind))
        case "date-time":
            return MOMENT
        case _:
            return TEXTS.get(name, name or "text")


def record(schemas: Schemas, schema: Mapping[str, Any], name: str, kind: str) -> dict[str, Any]:
    """An object; one with any keys has one entry."""
    if properties := schema.get("properties"):
        return {key: sample(schemas, part, key, kind) for key, part in properties.items()}
    for values in schema.get("patternProperties", {}).values():
        noun = "user" if name == "states" else "conversation"
        return {identifier(noun): sample(schemas, values, name, kind)}
    values = schema.get("additionalProperties")
    return {"key": sample(schemas, values, name, kind)} if isinstance(values, Mapping) else {}


def request(schemas: Schemas, schema: Mapping[str, Any]) -> Any:
    """The parameters of a request: those that it must have, and those that it usually has."""
    kind = schema.get("$ref", "").removeprefix(PREFIX)
    schema = schemas.resolve(schema)
    if "anyOf" in schema:
        return sample(schemas, schema, "text")
    properties = schema.get("properties", {})
    usual = [name for name in ("id", "query") if name in properties]
    wanted = dict.fromkeys([*schema.get("required", ()), *usual])
    return {name: sample(schemas, properties[name], name, kind) for name in wanted}
