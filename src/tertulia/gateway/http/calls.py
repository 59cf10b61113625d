"""HTTP calls from the services' tables: fields → request → the owner's answer → response."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from tertulia.gateway.caller import COOKIE, SAFE_METHODS, Caller
from tertulia.gateway.http import problems
from tertulia.gateway.http.body import read_fields
from tertulia.gateway.http.fields import converted, merged, query_fields
from tertulia.gateway.load import Load
from tertulia.gateway.reception import Reception, check_service
from tertulia.gateway.sessions import Sessions
from tertulia.gateway.validation import validated
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError, DeadlinePassed, Internal, Unauthenticated
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Query
from tertulia.kit import metrics
from tertulia.kit.bus import Bus
from tertulia.kit.edge import Route

JSON = "application/json; charset=utf-8"
COOKIE_SECONDS = 30 * 24 * 3600
NO_CONTENT = 204

Endpoint = Callable[[Request], Awaitable[Response]]
log = structlog.get_logger(__name__)


class Calls:
    """Carries out the calls of the tables."""

    def __init__(
        self, bus: Bus, reception: Reception, sessions: Sessions, limits: Limits, load: Load
    ) -> None:
        self._bus = bus
        self._reception = reception
        self._sessions = sessions
        self._limits = limits
        self._load = load

    def endpoint(self, route: Route) -> Endpoint:
        """What answers the requests of one row of a table."""

        async def call(request: Request) -> Response:
            return await self._answer(route, request)

        return measured(route.request.wire_name, call)

    async def _answer(self, route: Route, request: Request) -> Response:
        self._load.check(route.request.work)
        caller: Caller = request.scope["tertulia.caller"]
        if request.method not in SAFE_METHODS:
            caller.check_origin()
        actor = await self._actor(route, request, caller)
        check_service(actor, route.request.owner)
        command = validated(route.request, await self._fields(route, request), self._limits)
        self._check_session(actor)
        try:
            async with asyncio.timeout(self._limits.deadline_seconds):
                result = await self._bus.ask(command, actor)
        except TimeoutError:
            raise DeadlinePassed from None
        if isinstance(command, Query):
            self._check_session(actor)
        response = _response(route, result)
        self._set_cookie(route, response, result, actor, caller)
        return response

    async def _actor(self, route: Route, request: Request, caller: Caller) -> Actor:
        if route.public:
            return self._reception.admit_anybody(caller)
        safe = request.method in SAFE_METHODS
        return await self._reception.admit(caller, safe=safe, send=_costs_send(route))

    def _check_session(self, actor: Actor) -> None:
        """Whoever signed out while a body came, or an answer, sends and learns no more."""
        if self._sessions.is_over(actor.session_id or ""):
            raise Unauthenticated

    async def _fields(self, route: Route, request: Request) -> dict[str, Any]:
        model = route.request
        path = {name: converted(text, model, name) for name, text in request.path_params.items()}
        query = query_fields(request.scope["query_string"], model)
        body = await read_fields(request, self._limits.body_bytes)
        return merged(route.fixed, path, query, body)

    def _set_cookie(
        self, route: Route, response: Response, result: Any, actor: Actor, caller: Caller
    ) -> None:
        flags: dict[str, Any] = {"httponly": True, "samesite": "lax", "secure": caller.secure}
        if route.cookie == "set":
            response.set_cookie(COOKIE, result.token, max_age=COOKIE_SECONDS, **flags)
        elif route.cookie == "clear" and self._sessions.is_over(actor.session_id or ""):
            response.delete_cookie(COOKIE, **flags)


def measured(name: str, call: Endpoint) -> Endpoint:
    """Answer errors as problems, and count what came of each call."""

    async def endpoint(request: Request) -> Response:
        began = time.perf_counter()
        code = "ok"
        try:
            return await call(request)
        except AppError as error:
            code = error.code
            return problems.problem(error, request.scope["tertulia.request_id"])
        except ClientDisconnect:
            code = "disconnected"
            return Response(status_code=400)
        except Exception:
            code = Internal.code
            log.exception("call_failed", call=name)
            return problems.problem(Internal(), request.scope["tertulia.request_id"])
        finally:
            metrics.REQUESTS.labels(name, code).inc()
            metrics.REQUEST_SECONDS.labels("http").observe(time.perf_counter() - began)

    return endpoint


def by_path(routes: Sequence[Route]) -> dict[str, dict[str, Route]]:
    """The rows of a path by method; a path with a word goes before one with a field in its place."""
    paths: dict[str, dict[str, Route]] = {}
    for route in routes:
        rows = paths.setdefault(route.path, {})
        if route.method in rows:
            raise ValueError(f"{route.method} {route.path} stands in two tables")
        rows[route.method] = route
    return dict(sorted(paths.items(), key=lambda item: _openness(item[0])))


def _openness(path: str) -> list[bool]:
    return [part.startswith("{") for part in path.split("/")]


def _costs_send(route: Route) -> bool:
    return getattr(route.request, "costs_send", False)


def _response(route: Route, result: Any) -> Response:
    if result is None or route.status == NO_CONTENT:
        return Response(status_code=NO_CONTENT)
    status = route.status if getattr(result, "created", True) else 200
    body = getattr(result, route.body) if route.body else result
    exclude = None if route.body else {"created"}
    return Response(body.model_dump_json(exclude=exclude), status_code=status, media_type=JSON)
