"""The very front: every request gets an id and a caller here, and every response its headers."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tertulia.gateway.caller import Caller, Callers
from tertulia.gateway.http.head import BadHead, check_head
from tertulia.gateway.http.headers import PREFLIGHT, complete
from tertulia.gateway.http.problems import problem
from tertulia.gateway.live.door import PATHS, respond
from tertulia.kernel.errors import AppError, Forbidden, NotFound
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
        self.is_stopping: Callable[[], bool] = lambda: False
        """Whether a client had better ask its next question elsewhere: no connection is kept then."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI scope."""
        if scope["type"] == "lifespan":
            await _nothing_to_start(receive, send)
            return
        request_id = new_id()
        scope["tertulia.request_id"] = request_id
        caller: Caller | None = None
        try:
            check_head(scope)
            caller = self._callers.of(scope, any_host=scope["path"] in PROBES)
            scope["tertulia.caller"] = caller
            answer = self._answer_to(scope, caller)
        except AppError as error:
            answer = problem(error, request_id)
            if isinstance(error, BadHead):
                answer.headers["connection"] = "close"
        send = self._completing(send, caller, request_id)
        if isinstance(answer, Response):
            await respond(answer, scope, receive, send)
        elif scope["type"] == "websocket":
            await answer(scope, receive, send)
        else:
            with request_scope(request_id):
                await answer(scope, receive, send)

    def _completing(self, send: Send, caller: Caller | None, request_id: str) -> Send:
        async def complete_and_send(message: Message) -> None:
            if message["type"] in STARTS:
                headers = MutableHeaders(raw=list(message.get("headers", ())))
                complete(headers, caller, request_id)
                if self.is_stopping():
                    headers["connection"] = "close"
                message["headers"] = headers.raw
            await send(message)

        return complete_and_send

    def _answer_to(self, scope: Scope, caller: Caller) -> ASGIApp:
        if _is_preflight(scope):
            return _preflight(caller)
        if scope["path"] in PATHS:
            return self._sockets
        if scope["type"] == "websocket":
            raise NotFound
        return self._http


def _is_preflight(scope: Scope) -> bool:
    names = {name for name, _ in scope["headers"]}
    return scope.get("method") == "OPTIONS" and b"access-control-request-method" in names


def _preflight(caller: Caller) -> Response:
    """The answer to a browser that asks whether another site's page may ask."""
    if not caller.allowed:
        raise Forbidden
    return Response(status_code=204, headers=PREFLIGHT)


async def _nothing_to_start(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
