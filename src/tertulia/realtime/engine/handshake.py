"""What a request must be before it becomes a transport, and what it is told when it is not.

Codes and texts are those of the reference server (npm engine.io).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

Scope = dict[str, Any]
Header = tuple[bytes, bytes]
Origins = str | Sequence[str] | Callable[..., bool] | None

JSON_TYPE = (b"content-type", b"application/json")


@dataclass(frozen=True)
class Answer:
    """What a request is told."""

    status: int
    body: bytes = b""
    headers: Sequence[Header] = (JSON_TYPE,)


class Refused(Exception):
    """A request is refused. A new one each time, since an exception holds on to where it was raised."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def _refusal(code: int, message: str, status: int = 400) -> Answer:
    body = json.dumps({"code": code, "message": message}, separators=(",", ":"))
    return Answer(status, body.encode())


UNKNOWN_TRANSPORT = _refusal(0, "Transport unknown")
UNKNOWN_SESSION = _refusal(1, "Session ID unknown")
BAD_METHOD = _refusal(2, "Bad handshake method")
BAD_REQUEST = _refusal(3, "Bad request")
FORBIDDEN = _refusal(4, "Forbidden", 403)
UNSUPPORTED_VERSION = _refusal(5, "Unsupported protocol version")
TOO_LARGE = Answer(413, headers=())
TOO_MANY = _refusal(4, "Too many connections", 429)


def busy(seconds: float) -> Answer:
    """Not now: the answer that makes clients come back later."""
    after = str(max(1, round(seconds))).encode()
    body = b'{"code":4,"message":"Server busy"}'
    return Answer(503, body, (JSON_TYPE, (b"retry-after", after)))


class Request:
    """An ASGI scope, read as a request of the engine."""

    __slots__ = ("headers", "query", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.query = _query(scope["query_string"])
        """Of a repeated name the last value."""
        self.headers: list[Header] = scope["headers"]

    @property
    def sid(self) -> str | None:
        """The session that it belongs to."""
        return self.query.get("sid") or None

    @property
    def method(self) -> str:
        """`GET` for a WebSocket."""
        return str(self.scope.get("method", "GET"))

    @property
    def is_websocket(self) -> bool:
        """Whether it asks to be one."""
        return self.scope["type"] == "websocket"

    def header(self, name: bytes) -> str | None:
        """A header's first value."""
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return None

    def own_origins(self) -> set[str]:
        """The origins under which this server was asked."""
        host = self.header(b"host")
        scheme = {"ws": "http", "wss": "https"}.get(self.scope["scheme"], self.scope["scheme"])
        return {f"{scheme}://{host}"} if host else set()


def _query(octets: bytes) -> dict[str, str]:
    text = octets.decode("latin-1")
    if "%" in text or "+" in text:
        return dict(parse_qsl(text, keep_blank_values=True))
    pairs = (pair.partition("=") for pair in text.split("&"))
    return {name: value for name, _, value in pairs if name}


class OriginPolicy:
    """Which pages of which sites may connect.

    `None`: the server's own origin; `"*"`: all; a list; or a callable `(origin[, environ]) -> bool`. `[]`
    turns the check and the headers off.
    """

    def __init__(self, origins: Origins, *, credentials: bool) -> None:
        self._origins = origins
        self._credentials = credentials

    @property
    def answers(self) -> bool:
        """Whether browsers that ask beforehand (`OPTIONS`) are answered."""
        return self._origins is not None and not self._is_off()

    def allows(self, request: Request) -> bool:
        """Whether a request may come in. Programs send no `Origin`."""
        given = [value for name, value in request.headers if name == b"origin"]
        if not given or self._is_off():
            return True
        origin, origins = b",".join(given).decode("latin-1"), self._origins
        if origins is None:
            return origin in request.own_origins()
        if callable(origins):
            return bool(_asked(origins, origin, request))
        allowed = [origins] if isinstance(origins, str) else origins
        return "*" in allowed or origin in allowed

    def headers(self, request: Request) -> list[Header]:
        """What an answer tells a browser of another origin."""
        if self._is_off():
            return []
        headers: list[Header] = []
        origin = request.header(b"origin")
        if origin is not None and self.allows(request):
            headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
            headers.append((b"vary", b"Origin"))
            if self._credentials:
                headers.append((b"access-control-allow-credentials", b"true"))
        if request.method == "OPTIONS":
            headers.append((b"access-control-allow-methods", b"OPTIONS, GET, POST"))
            wanted = request.header(b"access-control-request-headers")
            if wanted is not None:
                headers.append((b"access-control-allow-headers", wanted.encode("latin-1")))
        return headers

    def _is_off(self) -> bool:
        return self._origins in ([], ())


def _asked(policy: Callable[..., bool], origin: str, request: Request) -> bool:
    try:
        return policy(origin, environ_of(request.scope))
    except TypeError:
        return policy(origin)


def environ_of(scope: Scope) -> dict[str, Any]:
    """A request as a WSGI environment (PEP 3333), as handlers of python-socketio read it.

    Of a scope without headers, nothing but the scope.
    """
    if "headers" not in scope:
        return {"asgi.scope": scope}
    client = scope.get("client") or ("", 0)
    server = scope.get("server") or ("", None)
    environ: dict[str, Any] = {
        "asgi.scope": scope,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"]),
        "REQUEST_METHOD": scope.get("method", "GET"),
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"],
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "RAW_URI": scope["path"],
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
    }
    for name, octets in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        value = octets.decode("latin-1")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ
