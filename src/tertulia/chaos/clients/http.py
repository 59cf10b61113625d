"""The same commands over HTTP, by the tables from which the gateway makes its calls."""

import ssl
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

import httpx

from tertulia.chaos.clients.packets import Answer
from tertulia.chaos.simulation.network import Cut
from tertulia.kit.edge import Route
from tertulia.runtime.services import edges

SECONDS = 30.0


class HttpClient:
    """Somebody without a socket. Answers look like those of the socket. Raises `Cut`."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            headers=headers,
            timeout=SECONDS,
            trust_env=False,
            verify=plain(),
        )

    async def ask(self, command: str, fields: dict[str, Any]) -> Answer:
        """What a command's acknowledgement would be."""
        route = _routes()[command]
        names = [name for _, name, _, _ in Formatter().parse(route.path) if name]
        path = route.path.format_map({name: fields[name] for name in names})
        rest = {name: it for name, it in fields.items() if name not in names}
        try:
            if route.method in {"GET", "DELETE"}:
                response = await self._http.request(route.method, path, params=rest)
            else:
                response = await self._http.request(route.method, path, json=rest or None)
            return _answer(route, response)
        except (httpx.TransportError, ValueError) as error:
            raise Cut from error

    async def close(self) -> None:
        """Be done."""
        await self._http.aclose()


def _answer(route: Route, response: httpx.Response) -> Answer:
    """`ValueError` where the body is cut off."""
    body = response.json() if response.content else {}
    if not response.is_success:
        return {"ok": False, "error": {"code": "internal", "retryable": True, **body}}
    return {"ok": True, "result": {route.body: body} if route.body else body}


def plain() -> ssl.SSLContext:
    """For calls without TLS: to load the authorities of this machine takes longer than many a call."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@cache
def _routes() -> dict[str, Route]:
    """By command, the one whose path stands for nothing."""
    return {route.request.wire_name: route for route in _all_routes()}


def _all_routes() -> Iterator[Route]:
    for edge in edges():
        yield from (route for route in edge.routes if not route.fixed)
