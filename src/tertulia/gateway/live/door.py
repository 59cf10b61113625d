"""The door of the sockets: what an HTTP request must be before the Socket.IO server sees it.

Here stands what holds for any such server: methods, origins, rates, how many per address, how large.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tertulia.gateway.caller import Caller
from tertulia.gateway.http.body import read_body
from tertulia.gateway.http.problems import MethodNotAllowed, problem
from tertulia.gateway.live.engine import counted_address
from tertulia.gateway.live.handshake import ConnectionLimit
from tertulia.gateway.live.turns import Stopping
from tertulia.gateway.load import Load
from tertulia.gateway.rate_limits import RateLimits
from tertulia.kernel.errors import AppError, Malformed
from tertulia.kernel.limits import Limits
from tertulia.kit import metrics
from tertulia.realtime import Server

PATHS = frozenset({"/ws", "/ws/", "/socket.io", "/socket.io/"})
TRANSPORTS = {"http": "polling", "websocket": "websocket"}
METHODS = frozenset({"GET", "POST"})
RETRY_SECONDS = 5.0


class Door:
    """Lets requests in to the Socket.IO server, or answers a problem."""

    def __init__(self, server: Server, limits: Limits, rates: RateLimits, load: Load) -> None:
        self._server = server
        self._limits = limits
        self._rates = rates
        self._load = load
        self.is_ready: Callable[[], bool] = lambda: False
        self.elsewhere: Callable[[Scope], ASGIApp | None] = lambda _scope: None
        """Who answers a request that was let in and is not for a session of this gateway."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or WebSocket of the transports."""
        try:
            receive = await self._admit(scope, receive)
        except AppError as error:
            metrics.REFUSED_CONNECTIONS.labels(error.code).inc()
            response = problem(error, scope["tertulia.request_id"])
            await respond(response, scope, receive, send)
        except ClientDisconnect:
            return
        else:
            answer = self.elsewhere(scope) or self._server.handle_request
            await answer(scope, receive, send)

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        caller: Caller = scope["tertulia.caller"]
        query = parse_qs(scope["query_string"].decode("latin-1"))
        caller.check_origin()
        self._check_form(scope, query)
        if "sid" not in query:
            self._check_number(caller)
            self._load.check("resume" if "resume" in query else "boot")
        if scope["type"] == "websocket" or scope["method"] == "GET":
            return receive
        body = await read_body(receive, Headers(scope=scope), self._limits.body_bytes)
        return _replaying(body)

    def _check_form(self, scope: Scope, query: dict[str, list[str]]) -> None:
        if scope["type"] == "http" and scope["method"] not in METHODS:
            raise MethodNotAllowed
        if "j" in query:
            raise Malformed("JSONP is not spoken here.")
        if query.get("transport", ["polling"]) != [TRANSPORTS[scope["type"]]]:
            raise Malformed("The transport is not that of the request.")

    def _check_number(self, caller: Caller) -> None:
        if not self.is_ready():
            raise Stopping(retry_after=RETRY_SECONDS)
        self._rates.check(caller.nobody())
        most, address = self._limits.connections_per_address, counted_address(caller)
        if address is not None and self._server.eio.admission.number(address) >= most:
            raise ConnectionLimit(params={"limit": most}, retry_after=RETRY_SECONDS)


async def respond(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a response to a request, or instead of accepting a WebSocket."""
    if scope["type"] != "websocket":
        await response(scope, receive, send)
    elif "websocket.http.response" in scope.get("extensions", {}):
        start = {"status": response.status_code, "headers": response.raw_headers}
        await send({"type": "websocket.http.response.start", **start})
        await send({"type": "websocket.http.response.body", "body": response.body})
    else:
        await send({"type": "websocket.close", "code": 1008})


def _replaying(body: bytes) -> Receive:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
