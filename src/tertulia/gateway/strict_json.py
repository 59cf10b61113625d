"""JSON as RFC 8259 means it to be read by strangers: UTF-8, each name once, numbers that are numbers."""

import json
import math
from typing import Any

from tertulia.kernel.errors import Malformed
from tertulia.realtime.packets import json_encoder


def loads(body: bytes) -> Any:
    """The value of a JSON text. `Malformed` for what two readers could read differently."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_each_name_once,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not valid JSON.") from error


def dumps(value: Any) -> str:
    """The JSON text of a value that came from outside. `Malformed` for what JSON cannot say."""
    try:
        return _strict_dumps(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed("The request is not valid JSON.") from error


class _Ambiguous:
    """An object with a name twice. No JSON can say it, so `dumps` refuses it."""


class Wire:
    """The `json` of socket packets: what two readers could read differently is refused with its command,
    and does not cost the connection."""

    @staticmethod
    def loads(s: str, **_: Any) -> Any:
        """The value of a JSON text; `ValueError` for what is none."""
        return _loads(s)

    @staticmethod
    def dumps(obj: Any, **_: Any) -> str:
        """The JSON text of what the server says, letters as they are."""
        return _dumps(obj)


def _unless_ambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Ambiguous:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Ambiguous()


_strict_dumps = json_encoder(json.encoder.encode_basestring_ascii, ascii_only=True)
_loads = json.JSONDecoder(object_pairs_hook=_unless_ambiguous).decode
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number out of range")
    return number
