"""The body of a request: how much of it is read, and how it becomes fields."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from tertulia.gateway import strict_json
from tertulia.kernel.errors import Malformed, TooLarge, WrongMediaType

BODILESS = frozenset({"GET", "HEAD"})
BODY_SECONDS = 30.0
"""In which a body has to come."""


class TooSlow(Malformed):
    """The body does not come."""

    code, status, detail = "invalid", 408, "The body did not come in time."


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """All of the body. `TooLarge` as soon as that is known, not after reading it; `TooSlow`."""
    announced = headers.get("content-length", "0")
    if not announced.isdecimal():
        raise Malformed("The Content-Length is not a number.")
    if int(announced[:20]) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read(receive, limit)
    except TimeoutError:
        raise TooSlow from None


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
        if sum(map(len, parts)) > limit:
            raise _too_large(limit)
    return b"".join(parts)


async def read_fields(request: Request, limit: int) -> dict[str, Any]:
    """The JSON object of the body; `{}` where there is none. `Malformed`, `WrongMediaType`."""
    if request.method in BODILESS:
        return {}
    body = await read_body(request.receive, request.headers, limit)
    if not body:
        return {}
    _check_media_type(request.headers)
    fields = strict_json.loads(body)
    if not isinstance(fields, dict):
        raise Malformed("The body must be a JSON object.")
    return fields


def _check_media_type(headers: Mapping[str, str]) -> None:
    kind, _, parameters = headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    if kind.strip() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise WrongMediaType
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongMediaType("The body must not be encoded.")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(params={"limit": limit})
