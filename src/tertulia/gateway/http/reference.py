"""The reference of the HTTP calls on the server itself, for what is local and for administrators."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tertulia.gateway.http.about import About
from tertulia.gateway.http.calls import JSON
from tertulia.gateway.http.openapi import openapi, parameters_of
from tertulia.kit.edge import Edge

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
article { border-top: 1px solid #8884; padding: 0.75rem 0; }
h3 { font: 600 1rem/1.4 ui-monospace, monospace; margin: 0; }
h3 b { display: inline-block; min-width: 4.5rem; }
p, dl { margin: 0.25rem 0; }
dt { display: inline; font-family: ui-monospace, monospace; }
dd { display: inline; margin: 0 1rem 0 0.25rem; opacity: 0.75; }
@media (prefers-color-scheme: dark) { body { background: #17181a; color: #e8e6e1; } }
"""


class Reference:
    """The OpenAPI document, and a page that shows it without a script."""

    def __init__(self, edges: Sequence[Edge], version: str, about: About) -> None:
        self._edges = edges
        self._version = version
        self._about = about

    async def openapi(self, request: Request) -> Response:
        """`GET /api/openapi.json`. `NotFound` to strangers."""
        await self._about.check_inside(request)
        return Response(json.dumps(openapi(self._edges, self._version)), media_type=JSON)

    async def page(self, request: Request) -> Response:
        """`GET /api/docs`. `NotFound` to strangers."""
        await self._about.check_inside(request)
        return Response(_page(openapi(self._edges, self._version)), media_type="text/html")

    async def style(self, request: Request) -> Response:
        """What the page looks like; styles inside a page are refused by its policy."""
        await self._about.check_inside(request)
        return Response(STYLE, media_type="text/css")


def _page(document: dict[str, Any]) -> str:
    calls = "".join(
        _call(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    version = escape(document["info"]["version"])
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Tertulia API</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs.css">'
        f"<h1>Tertulia {version}: HTTP calls</h1><p>Every path stands below <code>/api/v1</code>. "
        'The same for programs: <a href="/api/openapi.json">openapi.json</a>.</p>'
        f"{calls}</html>"
    )


def _call(method: str, path: str, operation: dict[str, Any]) -> str:
    command = operation.get("x-command")
    named = f"<p>On the socket: <code>{escape(command)}</code></p>" if command else ""
    fields = "".join(
        f"<dt>{escape(name)}</dt><dd>{where}{'' if required else ', optional'}</dd>"
        for name, where, required in parameters_of(operation)
    )
    return (
        f"<article><h3><b>{method.upper()}</b>{escape(path)}</h3>"
        f"<p>{escape(operation['summary'])}</p><dl>{fields}</dl>{named}</article>"
    )
