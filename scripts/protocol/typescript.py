"""TypeScript types of the wire: one name for each schema, and maps from names to shapes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scripts.protocol.catalogue import literals
from scripts.protocol.reference import Reference
from scripts.protocol.schemas import PREFIX, Schema

HEAD = """\
/* Generated from the contracts by `make protocol`: change those. */

/** A lower-case UUIDv7. */
export type Id = string;
/** RFC 3339, UTC, milliseconds and `Z`, always the server's clock. */
export type Timestamp = string;
"""

TAIL = """\
export type CommandName = keyof Commands;
export type Params<Name extends CommandName> = Commands[Name]['params'];
export type Result<Name extends CommandName> = Commands[Name]['result'];

export type UpdateType = Update['type'];
export type UpdateEvents = { [Type in UpdateType as `conversations.${Type}`]: Extract<Update, { type: Type }> };
export type ServerEvents = EventsOutsideTheSequence & UpdateEvents;
export type ServerEventName = keyof ServerEvents;

export type Acknowledgement<Result> = { ok: true; result: Result } | { ok: false; error: CommandError };
"""

WORDS = {"integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
NAMES = literals()


def shown_name(name: str) -> str:
    """`MessageView` is `Message` to those who draw it."""
    return name.removesuffix("View")


def quoted(value: object) -> str:
    """A literal of TypeScript."""
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)


def union(types: Iterable[str]) -> str:
    """The types, each once."""
    return " | ".join(dict.fromkeys(types))


def words(values: Iterable[object]) -> str:
    """A set of words, by its name where a contract gives it one."""
    values = tuple(values)
    return NAMES.get(values) or union(quoted(value) for value in values)  # pyright: ignore


def array(item: str) -> str:
    """A list of something."""
    return f"({item})[]" if " | " in item else f"{item}[]"


def record(schema: Schema) -> str:
    """An object, with its properties or with any keys."""
    if schema.get("properties"):
        return "{ " + "; ".join(fields(schema)) + " }"
    for values in schema.get("patternProperties", {}).values():
        return f"Record<Id, {type_of(values)}>"
    values = schema.get("additionalProperties")
    if isinstance(values, Mapping):
        return f"Record<string, {type_of(values)}>"
    return "Record<string, never>" if values is False else "Record<string, unknown>"


def type_of(schema: Mapping[str, Any]) -> str:
    """The TypeScript of a schema."""
    if "$ref" in schema:
        return shown_name(schema["$ref"].removeprefix(PREFIX))
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return union(type_of(part) for part in schema[choice])
    if "const" in schema:
        return quoted(schema["const"])
    if "enum" in schema:
        return words(schema["enum"])
    return plain(dict(schema))


def plain(schema: Schema) -> str:
    """The TypeScript of a schema without choices."""
    kind = schema.get("type")
    if kind == "string":
        return {"uuid": "Id", "date-time": "Timestamp"}.get(schema.get("format", ""), "string")
    if kind == "array":
        return array(type_of(schema.get("items", {})))
    if kind == "object":
        return record(schema)
    return WORDS.get(kind or "", "unknown")


def fields(schema: Schema) -> Iterator[str]:
    """The properties of an object, those that may be missing marked."""
    required = set(schema.get("required", ()))
    for name, part in schema.get("properties", {}).items():
        mark = "" if name in required else "?"
        yield f"{name}{mark}: {type_of(part)}"


def comment(schema: Mapping[str, Any]) -> str:
    """What the contract says of it, in one line."""
    text = " ".join(str(schema.get("description", "")).split("\n\n")[0].split())
    return f"/** {text.replace('*/', '*')} */\n" if text else ""


def declaration(name: str, schema: Schema) -> str:
    """An exported interface or type."""
    if schema.get("type") == "object" and schema.get("properties"):
        body = "".join(f"  {line};\n" for line in fields(schema))
        return f"{comment(schema)}export interface {name} {{\n{body}}}\n"
    return f"{comment(schema)}export type {name} = {type_of(schema)};\n"


def mapping(name: str, entries: Mapping[str, str], note: str) -> str:
    """An interface whose keys are names of the wire."""
    body = "".join(f"  '{key}': {value};\n" for key, value in entries.items())
    return f"/** {note} */\nexport interface {name} {{\n{body}}}\n"


def pair(params: Schema, result: Schema) -> str:
    """What a command takes and answers."""
    return f"{{ params: {type_of(params)}; result: {type_of(result)} }}"


def types(reference: Reference) -> str:
    """The whole file."""
    named = [f"export type {name} = {union(map(quoted, each))};\n" for each, name in NAMES.items()]
    codes = union(quoted(code) for code in reference.error_codes)
    parts = [
        HEAD,
        *named,
        f"export type ErrorCode = {codes};\n",
        *(
            declaration(shown_name(name), schema)
            for name, schema in reference.schemas.by_name.items()
        ),
        mapping(
            "Commands",
            {it.name: pair(it.params, it.result) for it in reference.commands if "." in it.name},
            "What each command of the socket takes and answers.",
        ),
        mapping(
            "Calls",
            {
                f"{call.method} {call.path}": pair(call.params, call.result)
                for call in reference.calls
            },
            "What each HTTP call takes (path, query and body together) and answers.",
        ),
        mapping(
            "EventsOutsideTheSequence",
            {it.name: type_of(it.payload) for it in reference.events if not it.update},
            "Events that are told and not numbered.",
        ),
        TAIL,
    ]
    return "\n".join(parts)
