"""JSON Schema (2020-12) of what is on the wire, from the pydantic models of the contracts."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

Schema = dict[str, Any]
Direction = Literal["validation", "serialization"]
PREFIX = "#/components/schemas/"


class WireSchema(GenerateJsonSchema):
    """What is really sent: a model that only leaves out absent parts keeps its fields."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012

    def ser_schema(self, schema: Any) -> JsonSchemaValue | None:
        """A wrapping serializer filters; the model's own fields say what may come."""
        if schema["type"] == "function-wrap":
            return None
        return super().ser_schema(schema)


def shown_name(name: str) -> str:
    """`MessageView` is called `Message` by those who read it."""
    return name.removesuffix("View") or name


class Schemas:
    """Collects the schemas of models and of all that they contain, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Schema] = {}

    def add(self, model: Any, direction: Direction) -> Schema:
        """The schema of a model or any type; what it contains is collected and referred to."""
        schema = TypeAdapter(model).json_schema(
            mode=direction, ref_template=f"{PREFIX}{{model}}", schema_generator=WireSchema
        )
        for name, part in schema.pop("$defs", {}).items():
            self._collect(name, part)
        schema = tidied(schema)
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return schema
        return self._collect(model.__name__, schema)

    def _collect(self, name: str, schema: Schema) -> Schema:
        name = shown_name(name)
        schema = tidied(schema)
        known = self.by_name.setdefault(name, schema)
        if known != schema:
            message = f"two different things are called {name}"
            raise ValueError(message)
        return {"$ref": PREFIX + name}

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema behind a reference."""
        while "$ref" in schema:
            schema = self.by_name[schema["$ref"].removeprefix(PREFIX)]
        return schema


def tidied(schema: Any) -> Any:
    """Without titles that repeat a name, with the names that readers use."""
    if isinstance(schema, list):
        return [tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {**schema, "$ref": PREFIX + shown_name(schema["$ref"].removeprefix(PREFIX))}
    return {
        key: {name: tidied(part) for name, part in value.items()}
        if key in {"properties", "patternProperties"}
        else tidied(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


def nullable(schema: Mapping[str, Any]) -> bool:
    """Whether null is one of its values."""
    return any(part.get("type") == "null" for part in schema.get("anyOf", ()))


def without_null(schema: Schema) -> Schema:
    """The same without null; one remaining choice stands alone."""
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if not parts:
        return schema
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return {**rest, **parts[0]} if len(parts) == 1 else {**rest, "anyOf": parts}


def restricted(schema: Mapping[str, Any], names: Iterable[str]) -> Schema:
    """An object with some of another's properties, all of them required."""
    chosen = list(names)
    properties = {name: schema["properties"][name] for name in chosen}
    return {"type": "object", "properties": properties, "required": chosen}
