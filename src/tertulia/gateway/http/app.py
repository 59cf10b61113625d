"""The HTTP application: the calls of all services, the server's own, and the web app behind them."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Path
from starlette.types import Receive, Scope, Send

from tertulia.gateway.http.about import About
from tertulia.gateway.http.calls import Calls, Endpoint, by_path, measured
from tertulia.gateway.http.problems import MethodNotAllowed, problem
from tertulia.gateway.http.reference import Reference
from tertulia.gateway.http.web_app import WebApp
from tertulia.kernel.errors import NotFound
from tertulia.kit.edge import Route

API = "/api/v1"
NOTHING_TRACED: Any = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}


def http_app(
    routes: Sequence[Route], calls: Calls, about: About, reference: Reference, web_app: WebApp
) -> FastAPI:
    """All that is answered over HTTP but the transports of the sockets."""
    app = FastAPI(
        title="Tertulia",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NOTHING_TRACED,
        exception_handlers={404: _refused, 405: _refused},
    )
    own = _own(about, reference)
    app.router.routes.clear()
    app.router.routes += [Path(path, call, methods=["GET"]) for path, call in own.items()]
    for path, rows in by_path(routes).items():
        endpoints = {method: calls.endpoint(row) for method, row in rows.items()}
        app.router.routes.append(_path(API + path, endpoints))
    app.router.default = _Otherwise(web_app)
    return app


def _own(about: About, reference: Reference) -> dict[str, Endpoint]:
    return {
        "/healthz": about.alive,
        "/readyz": measured("gateway.ready", about.ready),
        "/metrics": measured("gateway.metrics", about.metrics),
        f"{API}/server": measured("gateway.server", about.server),
        "/api/openapi.json": measured("gateway.openapi", reference.openapi),
        "/api/docs": measured("gateway.docs", reference.page),
        "/api/docs.css": measured("gateway.docs", reference.style),
    }


def _path(path: str, endpoints: Mapping[str, Endpoint]) -> Path:
    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await endpoints[method](request)

    return Path(path, endpoint, methods=list(endpoints))


class _Otherwise:
    """What no table knows: nothing below `/api`, and the web app's elsewhere."""

    def __init__(self, web_app: WebApp) -> None:
        self._page = measured("gateway.web_app", web_app.respond)
        self._nothing = measured("gateway.unknown_path", _unknown)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        in_api = scope["path"] == "/api" or scope["path"].startswith("/api/")
        answer = self._nothing if in_api else self._page
        if not in_api and request.method not in {"GET", "HEAD"}:
            answer = measured("gateway.web_app", _only_read)
        response = await answer(request)
        await response(scope, receive, send)


async def _unknown(_: Request) -> Response:
    raise NotFound


async def _only_read(request: Request) -> Response:
    response = problem(MethodNotAllowed(), request.scope["tertulia.request_id"])
    response.headers["allow"] = "GET, HEAD"
    return response


async def _refused(request: Request, refusal: Any) -> Response:
    """Starlette's own refusals: a path that is there for other methods."""
    error = MethodNotAllowed() if refusal.headers else NotFound()
    response = problem(error, request.scope["tertulia.request_id"])
    response.headers.update(refusal.headers or {})
    return response
