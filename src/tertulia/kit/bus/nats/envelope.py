"""What travels on the bus, as JSON: requests, answers, refusals and events (docs/bus.md)."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import to_json

from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError, FieldError, Internal
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Event, Message, Request

Q = TypeVar("Q", bound=Message)
E = TypeVar("E", bound=Event)

_RESULT = b'{"ok":true,"result":'


class Asked(BaseModel, Generic[Q]):
    """A request: who asks, what, and for how long the answer is of use."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str = Field(description="that of the request at the edge, for the logs")
    traceparent: str | None = Field(default=None, description="as W3C Trace Context has it")
    deadline_ms: int = Field(description="milliseconds from when the owner hears it")
    actor: Actor
    request: Q


class WrongField(BaseModel):
    """What is wrong with one field."""

    field: str
    code: str
    detail: str


class Refusal(BaseModel):
    """An error, by its code."""

    code: str
    status: int = 500
    detail: str = ""
    retryable: bool | None = None
    params: dict[str, Any] = {}
    errors: list[WrongField] = []
    retry_after: float | None = Field(default=None, description="seconds")


class Refused(BaseModel):
    """The answer to a request that was refused or failed."""

    ok: bool
    error: Refusal


class ForeignError(AppError):
    """An error whose class this process does not know: the code of a service in another language."""

    def __init__(self, refusal: Refusal, **told: Any) -> None:
        """`told` as of every error."""
        super().__init__(refusal.detail, **told)
        retryable = refusal.status in {429, 503, 504}
        if refusal.retryable is not None:
            retryable = refusal.retryable
        vars(self).update(code=refusal.code, status=refusal.status, retryable=retryable)


def request_body(
    request: Request[Any], actor: Actor, request_id: str, traceparent: str = ""
) -> bytes:
    """An `Asked` but for its deadline, which is known when it is sent.

    What was not set is not said: to some commands that makes a difference.
    """
    return b'"id":"%b",%b"actor":%b,"request":%b}' % (
        request_id.encode("ascii"),
        b'"traceparent":"%b",' % traceparent.encode("ascii") if traceparent else b"",
        actor.__pydantic_serializer__.to_json(actor, exclude_defaults=True),
        request.__pydantic_serializer__.to_json(request, exclude_unset=True),
    )


def request_bytes(body: bytes, seconds: float) -> bytes:
    """An `Asked` whose answer is of use for so long."""
    return b'{"deadline_ms":%d,%b' % (max(int(seconds * 1000), 1), body)


def read_request(kind: type[Request[Any]], payload: bytes, limits: Limits) -> Asked[Request[Any]]:
    """The `Asked` of a class. Raises `ValueError`."""
    return _asked(kind).model_validate_json(payload, context=limits)


def result_bytes(kind: type[Request[Any]], result: Any) -> bytes:
    """The answer to a request that was carried out."""
    return b"%b%b}" % (_RESULT, _results(kind).dump_json(result))


def error_bytes(error: AppError) -> bytes:
    """The answer to a request that was refused, or failed."""
    told: dict[str, Any] = {
        "code": error.code,
        "status": error.status,
        "detail": error.detail,
        "retryable": error.retryable,
    }
    if error.params:
        told["params"] = error.params
    if error.errors:
        told["errors"] = [vars(wrong) for wrong in error.errors]
    if error.retry_after is not None:
        told["retry_after"] = error.retry_after
    return to_json({"ok": False, "error": told}, fallback=str)


def read_answer(kind: type[Request[Any]], payload: bytes, limits: Limits) -> Any:
    """The result; raises what the owner raised, and `Internal` for what is no answer."""
    try:
        if payload.startswith(_RESULT):
            result = payload[len(_RESULT) : payload.rindex(b"}")]
            return _results(kind).validate_json(result, context=limits)
        refusal = Refused.model_validate_json(payload).error
    except ValueError as wrong:
        raise Internal(f"{kind.wire_name} was answered with what is no answer.") from wrong
    raise error_of(refusal)


def error_of(refusal: Refusal) -> AppError:
    """The error again: of the class with that code and status."""
    errors = tuple(FieldError(it.field, it.code, it.detail) for it in refusal.errors)
    told: dict[str, Any] = {
        "params": refusal.params,
        "errors": errors,
        "retry_after": refusal.retry_after,
    }
    known = AppError.by_code.get(refusal.code)
    if known is None:
        return ForeignError(refusal, **told)
    kinds = [known, *known.__subclasses__()]
    alike = (it for it in kinds if (it.code, it.status) == (refusal.code, refusal.status))
    return next(alike, known)(refusal.detail, **told)


def read_event(kind: type[E], payload: bytes, limits: Limits) -> E:
    """The event, which keeps the bytes it came in. Raises `ValueError`."""
    event = kind.model_validate_json(payload, context=limits)
    vars(event)["encoded"] = payload
    return event


def list_bytes(requests: Sequence[tuple[type[Request[Any]], bytes]]) -> bytes:
    """Several requests in order: a line each, the name before the envelope."""
    lines = (b"%b %b" % (kind.wire_name.encode(), payload) for kind, payload in requests)
    return b"\n".join(lines)


def read_list(
    payload: bytes, kinds: Mapping[str, type[Request[Any]]]
) -> list[tuple[type[Request[Any]] | None, bytes]]:
    """The requests of a list, each with its class, or None for one that is not known here."""
    lines = (line.partition(b" ") for line in payload.split(b"\n"))
    return [(kinds.get(name.decode()), envelope) for name, _, envelope in lines]


@cache
def _asked(kind: type[Request[Any]]) -> type[Asked[Request[Any]]]:
    return Asked[kind]


@cache
def _results(kind: type[Request[Any]]) -> TypeAdapter[Any]:
    return TypeAdapter(kind.result_type())
