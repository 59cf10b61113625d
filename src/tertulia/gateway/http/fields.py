"""Path, query and body together are the fields of a request."""

import re
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, get_args
from urllib.parse import parse_qsl

from pydantic import BaseModel

from tertulia.kernel.errors import FieldError, Invalid, Malformed

_INTEGER = re.compile(r"-?[0-9]{1,100}")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_MOST_PARAMETERS = 100


def query_fields(query: bytes, model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a query string, as numbers and booleans where the model wants such."""
    try:
        pairs = parse_qsl(
            query.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError as error:
        raise Malformed("The query cannot be read.") from error
    fields = {name: converted(value, model, name) for name, value in pairs}
    if len(fields) != len(pairs):
        twice = {name for name, _ in pairs if [n for n, _ in pairs].count(name) > 1}
        raise Invalid(errors=[FieldError(n, "repeated", "given twice") for n in sorted(twice)])
    return fields


def converted(text: str, model: type[BaseModel], field: str) -> Any:
    """The value that a text stands for in a field; the text where it stands for nothing else."""
    kinds = _kinds(model, field)
    if bool in kinds and text in _BOOLEANS:
        return _BOOLEANS[text]
    if int in kinds and _INTEGER.fullmatch(text):
        return int(text)
    return text


def merged(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """All fields. One that two parts give differently is `Invalid`."""
    fields: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            if name in fields and fields[name] != value:
                raise Invalid(errors=[FieldError(name, "conflict", "given twice, differently")])
            fields[name] = value
    return fields


def _kinds(model: type[BaseModel], field: str) -> set[Any]:
    info = model.model_fields.get(field)
    return set(_flat(info.annotation)) if info else set()


def _flat(annotation: Any) -> Iterator[Any]:
    """The classes in a union, whatever annotations they carry."""
    arguments = [it for it in get_args(annotation) if it is not NoneType]
    if not arguments:
        yield annotation
    for argument in arguments:
        yield from _flat(argument)
