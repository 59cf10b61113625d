"""Errors over HTTP: problem documents (RFC 9457), with the same names as on the socket."""

import json
import math
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from tertulia.gateway.answers import error_body, retry_after
from tertulia.kernel.errors import AppError, Invalid

MEDIA_TYPE = "application/problem+json"


class MethodNotAllowed(Invalid):
    """The path is there, and does not do that; `Allow` says what it does."""

    code, status, detail = "invalid", 405, "The method is not allowed here."


def problem(error: AppError, request_id: str) -> Response:
    """The response that tells an error."""
    return Response(
        json.dumps(document(error, request_id), separators=(",", ":")),
        status_code=error.status,
        headers=_headers(error),
        media_type=MEDIA_TYPE,
    )


def document(error: AppError, request_id: str) -> dict[str, Any]:
    """The problem document itself."""
    title = HTTPStatus(error.status).phrase
    return {"type": "about:blank", "title": title, **error_body(error, request_id)}


def _headers(error: AppError) -> dict[str, str]:
    headers: dict[str, str] = {}
    wait = retry_after(error)
    if wait is not None:
        headers["retry-after"] = str(max(1, math.ceil(wait)))
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return headers
