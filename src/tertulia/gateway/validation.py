"""From fields to a request: validated once, strictly, with errors that name each field."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tertulia.gateway import strict_json
from tertulia.kernel.errors import FieldError, Invalid, Malformed
from tertulia.kernel.limits import Limits

M = TypeVar("M", bound=BaseModel)

LARGEST = 20_000
"""Values in a request, after which nobody looks at them one by one."""
DEEPEST = 64
MOST_ERRORS = 20
_NESTED = frozenset({dict, list})

_LIMITS = ("limit", "max_length", "min_length", "ge", "gt", "le", "lt")
_CODES = {
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "value_error": "invalid",
}


def validated(model: type[M], fields: Mapping[str, Any], limits: Limits) -> M:
    """An instance of the model. `Invalid` with each wrong field, `Malformed` beyond all measure."""
    _check_shape(fields)
    text = strict_json.dumps(fields)
    if r"\u0000" in text:  # the escape, or somebody who writes about it
        _check_texts(fields)
    try:
        return model.__pydantic_validator__.validate_json(text, strict=True, context=limits)
    except ValidationError as error:
        raise _refusal(error, fields) from None


def _check_shape(fields: Mapping[str, Any]) -> None:
    if len(fields) <= LARGEST and _NESTED.isdisjoint(map(type, fields.values())):
        return  # flat, as most are
    stack: list[tuple[Any, int]] = [(fields, 1)]
    seen = 0
    while stack:
        value, depth = stack.pop()
        seen += len(value)
        if depth > DEEPEST or seen > LARGEST:
            raise Malformed("The request is too deep or has too many parts.")
        parts = value.values() if isinstance(value, dict) else value
        stack += [(part, depth + 1) for part in parts if type(part) in _NESTED]


def _check_texts(fields: Mapping[str, Any]) -> None:
    """U+0000 stands in no text of the product: PostgreSQL could not even look for it."""
    wrong = [
        FieldError(name, "control_character", "U+0000 is not allowed")
        for name, value in fields.items()
        if any("\0" in text for text in _texts_in(value))
    ]
    if wrong:
        raise Invalid(errors=wrong)


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(part)


def _refusal(error: ValidationError, fields: Mapping[str, Any]) -> Invalid:
    details = error.errors(include_url=False, include_input=False)
    if details[0]["type"] == "json_invalid":
        return _unreadable(fields)
    by_field: dict[str, FieldError] = {}
    for detail in details:
        wrong = _field_error(detail, fields)
        by_field.setdefault(wrong.field, wrong)
    params = next((found for detail in details if (found := _params(detail))), {})
    return Invalid(params=params, errors=list(by_field.values())[:MOST_ERRORS])


def _unreadable(fields: Mapping[str, Any]) -> Invalid:
    """JSON may write what is no text: half of a surrogate pair."""
    wrong = [
        FieldError(name, "lone_surrogate", "not valid Unicode")
        for name, value in fields.items()
        if isinstance(value, str) and not _is_text(value)
    ]
    return Invalid(errors=wrong) if wrong else Malformed()


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _field_error(detail: ErrorDetails, fields: Mapping[str, Any]) -> FieldError:
    code = detail["type"]
    path = ".".join(_path(detail["loc"], fields, missing=code == "missing"))
    words = detail["msg"].removeprefix("Value error, ")
    return FieldError(path, _CODES.get(code, code), words)


def _path(location: Sequence[str | int], fields: Any, *, missing: bool) -> Iterator[str]:
    """The places in what was sent; pydantic also names the branch of a union, which nobody sent."""
    value: Any = fields
    for depth, part in enumerate(location):
        match value:
            case dict() if part in value:
                value = value[part]
                yield printable(str(part))
            case list() if isinstance(part, int):
                value = value[part]
                yield str(part)
            case _ if missing and depth == len(location) - 1:
                yield str(part)
            case _:
                pass


def printable(name: str) -> str:
    """A name that was sent, in characters that any answer can hold, and not too many."""
    return name.encode("ascii", "backslashreplace").decode()[:80]


def _params(detail: ErrorDetails) -> dict[str, Any]:
    context = detail.get("ctx", {})
    limit = next((context[name] for name in _LIMITS if name in context), None)
    return {} if limit is None else {"limit": limit}
