"""What clients are told: results without what is only for the gateway, and errors with their names."""

import math
from typing import Any

from pydantic import BaseModel

from tertulia.conversations.contract.messages import MessagePosting
from tertulia.kernel.errors import AppError

INTERNAL_FIELDS = {"created"}
"""Parts of a result that decide a status and never travel."""

WAIT_SECONDS = 1.0
"""After which a refused rate or an overload may be tried again, where nothing better is known."""


def encoded_result(result: BaseModel | None) -> bytes:
    """The same as `result_body`, as JSON."""
    if result is None:
        return b"{}"
    if type(result) is MessagePosting:
        return b'{"message":%b}' % result.message.encoded
    return result.__pydantic_serializer__.to_json(result, exclude=INTERNAL_FIELDS)


def result_body(result: BaseModel | None) -> dict[str, Any]:
    """The result of a command; nothing is `{}`."""
    if result is None:
        return {}
    return result.model_dump(mode="json", exclude=INTERNAL_FIELDS)


def error_body(error: AppError, request_id: str) -> dict[str, Any]:
    """What a problem document and a refused command have in common."""
    body: dict[str, Any] = {
        "code": error.code,
        "status": error.status,
        "detail": error.detail,
        "retryable": error.retryable,
        "request_id": request_id,
    }
    if error.params:
        body["params"] = error.params
    if error.errors:
        body["errors"] = [
            {"field": wrong.field, "code": wrong.code, "detail": wrong.detail}
            for wrong in error.errors
        ]
    return body


def ack_error(error: AppError, request_id: str) -> dict[str, Any]:
    """The `error` of an acknowledgement."""
    body = error_body(error, request_id)
    wait = retry_after(error)
    return body if wait is None else {**body, "retry_after_ms": math.ceil(wait * 1000)}


def retry_after(error: AppError) -> float | None:
    """The seconds to wait before trying again, where waiting helps."""
    if error.retry_after is not None:
        return error.retry_after
    return WAIT_SECONDS if error.retryable and error.status in {429, 503} else None
