"""JSON Schema (2020-12) of what is on the wire, from the pydantic models of the contracts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from tertulia.gateway.answers import INTERNAL_FIELDS

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


class Schemas:
    """Collects the schemas of models and of all that they contain, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Schema] = {}

    def request(self, model: Any) -> Schema:
        """What a client sends: unknown fields are refused."""
        return self._add(model, "validation", tidied)

    def answer(self, model: Any) -> Schema:
        """What a client is told: every field, and perhaps others that it ignores."""
        return self._add(model, "serialization", opened)

    def partial_answer(self, model: Any) -> Schema:
        """What a client is told, where a part that does not apply is left out."""
        return self._add(model, "validation", opened)

    def _add(self, model: Any, direction: Direction, shape: Callable[[Any], Any]) -> Schema:
        schema = TypeAdapter(model).json_schema(
            mode=direction, ref_template=f"{PREFIX}{{model}}", schema_generator=WireSchema
        )
        for name, part in schema.pop("$defs", {}).items():
            self.named(name, shape(part))
        return self.named(model.__name__, shape(schema))

    def named(self, name: str, schema: Schema) -> Schema:
        """A reference to the schema, which from now on has this name."""
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
    """Without titles that repeat a name."""
    if isinstance(schema, list):
        return [tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-contract" in schema:
        return {"$ref": PREFIX + schema["x-contract"]}
    return {
        key: {name: tidied(part) for name, part in value.items()}
        if key in {"properties", "patternProperties"}
        else tidied(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


def opened(schema: Any) -> Any:
    """The same with room for what later versions add, without what the gateway keeps to itself."""
    schema = tidied(schema)
    if schema.get("additionalProperties") is False:
        del schema["additionalProperties"]
    for name in INTERNAL_FIELDS & schema.get("properties", {}).keys():
        del schema["properties"][name]
        schema["required"].remove(name)
    return schema


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
