"""Headers that every response carries, and those that a page or a stranger's page gets."""

from starlette.datastructures import MutableHeaders

from tertulia.gateway.caller import Caller

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self' ws: wss:",
        "font-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=()"
EXPOSED = "Retry-After, X-Request-Id"
PREFLIGHT = {
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": "authorization, content-type",
    "access-control-max-age": "600",
}


def complete(headers: MutableHeaders, caller: Caller | None, request_id: str) -> None:
    """Add what is missing to a response's headers."""
    headers["x-request-id"] = request_id
    headers["x-content-type-options"] = "nosniff"
    headers.setdefault("referrer-policy", "no-referrer")
    headers.setdefault("cache-control", "no-store")
    headers.setdefault("vary", "Authorization, Cookie, Origin")
    if headers.get("content-type", "").startswith("text/html"):
        _protect_page(headers)
    if caller is not None:
        _for_caller(headers, caller)


def _protect_page(headers: MutableHeaders) -> None:
    headers["content-security-policy"] = CONTENT_SECURITY_POLICY
    headers["permissions-policy"] = PERMISSIONS_POLICY
    headers["cross-origin-opener-policy"] = "same-origin"
    headers["x-frame-options"] = "DENY"


def _for_caller(headers: MutableHeaders, caller: Caller) -> None:
    if caller.secure:
        headers["strict-transport-security"] = "max-age=31536000"
    if caller.allowed and caller.origin is not None:
        headers["access-control-allow-origin"] = caller.origin
        headers["access-control-expose-headers"] = EXPOSED
