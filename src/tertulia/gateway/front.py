"""The very front: every request gets an id and a caller here, and every response its headers."""

from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tertulia.gateway.caller import Caller, Callers
from tertulia.gateway.http.headers import PREFLIGHT, complete
from tertulia.gateway.http.problems import problem
from tertulia.gateway.live.door import PATHS, respond
from tertulia.kernel.errors import AppError, Forbidden
from tertulia.kernel.ids import new_id
from tertulia.kit.log import request_scope

PROBES = frozenset({"/healthz", "/readyz"})
"""Asked by machines that know the address and not the name."""

STARTS = frozenset({"http.response.start", "websocket.http.response.start"})


class Front:
    """Hands each scope to the HTTP application or to the sockets."""

    def __init__(self, callers: Callers, http: ASGIApp, sockets: ASGIApp) -> None:
        self._callers = callers
        self._http = http
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI scope."""
        if scope["type"] == "lifespan":
            await _nothing_to_start(receive, send)
            return
        request_id = new_id()
        scope["tertulia.request_id"] = request_id
        caller: Caller | None = None
        try:
            caller = self._callers.of(scope, any_host=scope["path"] in PROBES)
        except AppError as error:
            refusal: Response | None = problem(error, request_id)
        else:
            scope["tertulia.caller"] = caller
            refusal = _preflight(scope, caller)
        send = _completing(send, caller, request_id)
        if refusal is not None:
            await respond(refusal, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._application(scope)(scope, receive, send)
        else:
            with request_scope(request_id):
                await self._application(scope)(scope, receive, send)

    def _application(self, scope: Scope) -> ASGIApp:
        return self._sockets if scope["path"] in PATHS else self._http


def _preflight(scope: Scope, caller: Caller) -> Response | None:
    """The answer to a browser that asks whether another site's page may ask."""
    names = {name for name, _ in scope["headers"]}
    if scope.get("method") != "OPTIONS" or b"access-control-request-method" not in names:
        return None
    if not caller.allowed:
        return problem(Forbidden(), scope["tertulia.request_id"])
    return Response(status_code=204, headers=PREFLIGHT)


def _completing(send: Send, caller: Caller | None, request_id: str) -> Send:
    async def complete_and_send(message: Message) -> None:
        if message["type"] in STARTS:
            headers: list[Any] = list(message.get("headers", ()))
            complete(MutableHeaders(raw=headers), caller, request_id)
            message["headers"] = headers
        await send(message)

    return complete_and_send


async def _nothing_to_start(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
