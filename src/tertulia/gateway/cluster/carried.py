"""A polling request on its way to the gateway that has its session, and what comes back.

The request is a line of JSON, then the body as it came. The answer is a line of JSON, then a part of its
body; nothing at all says that there is no answer yet.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

from tertulia.gateway.caller import Caller
from tertulia.kernel.messages import Model
from tertulia.realtime.engine.handshake import Answer

NOT_YET = b""
PART_BYTES = 512 * 1024
"""Of an answer, what goes over the line at once."""

HEADERS = frozenset({b"accept-encoding", b"content-type"})
"""Of a request, what the session's server reads; all else that counts is in the caller."""
PATH = "/socket.io/"

Headers = list[tuple[str, str]]
RawHeaders = Iterable[tuple[bytes, bytes]]


def polls_of(gateway_id: str) -> str:
    """Where a gateway hears the requests that others got for its sessions."""
    return f"tertulia.gateways.{gateway_id}.poll"


class Carried(Model):
    """A request as the gateway that got it has judged it, and how much of the answer is there."""

    id: str
    """That of the request at the edge. The same id again is the same request, asked for once more."""
    method: Literal["GET", "POST"]
    query: str
    headers: Headers
    caller: Caller
    """Who asks, as established where the request came in: proxies are looked at once."""
    offset: int = 0
    """Bytes of the answer's body that have arrived."""
    hung_up: bool = False
    """The client went away without an answer, so none is wanted."""

    @property
    def sid(self) -> str:
        """The session."""
        return session_of(self.query)

    def scope(self) -> dict[str, Any]:
        """The request as the server of its session is shown it."""
        return {
            "type": "http",
            "http_version": "1.1",
            "scheme": "https" if self.caller.secure else "http",
            "method": self.method,
            "path": PATH,
            "query_string": self.query.encode("latin-1"),
            "headers": _raw(self.headers),
            "tertulia.caller": self.caller,
            "tertulia.request_id": self.id,
        }


class Part(Model):
    """The head of an answer, and how long its body is; a part of that follows."""

    status: int
    headers: Headers
    total: int


def session_of(query: str) -> str:
    """The session that a query names; of several the last, as the engine reads it."""
    return dict(parse_qsl(query, keep_blank_values=True)).get("sid", "")


def carried(scope: Mapping[str, Any]) -> Carried:
    """A request to the transports, from its ASGI scope."""
    return Carried(
        id=scope["tertulia.request_id"],
        method=scope["method"],
        query=scope["query_string"].decode("latin-1"),
        headers=_text((name, it) for name, it in scope["headers"] if name in HEADERS),
        caller=scope["tertulia.caller"],
    )


def request_bytes(request: Carried, body: bytes) -> bytes:
    """A request with its body."""
    return b"%b\n%b" % (request.model_dump_json().encode(), body)


def read_request(payload: bytes) -> tuple[Carried, bytes]:
    """A request and its body. Raises `ValueError`."""
    head, _, body = payload.partition(b"\n")
    return Carried.model_validate_json(head), body


def part_bytes(answer: Answer, offset: int) -> bytes:
    """An answer with the part of its body that begins there."""
    part = Part(status=answer.status, headers=_text(answer.headers), total=len(answer.body))
    return b"%b\n%b" % (part.model_dump_json().encode(), answer.body[offset : offset + PART_BYTES])


def read_part(payload: bytes) -> tuple[Part, bytes]:
    """The head of an answer and a part of its body. Raises `ValueError`."""
    head, _, body = payload.partition(b"\n")
    return Part.model_validate_json(head), body


def whole(part: Part, body: bytes) -> Answer:
    """The answer, once all of its body is there."""
    return Answer(part.status, body, _raw(part.headers))


def _text(headers: RawHeaders) -> Headers:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def _raw(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
