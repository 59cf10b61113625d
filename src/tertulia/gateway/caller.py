"""Who asks, as far as a request alone tells: address, host, origin, credentials, and what is *local*.

Decided here and nowhere else (protocol.md, Who asks).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from tertulia.gateway.settings import EdgeSettings
from tertulia.kernel.actor import NOBODY, Actor
from tertulia.kernel.errors import Forbidden, Malformed

COOKIE = "tertulia_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_FORWARDED = frozenset({"forwarded", "via", "x-real-ip"})

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """The one who sent a request, before anybody looked at the credentials."""

    address: str
    local: bool
    secure: bool
    """Whether it came by TLS, here or at a trusted proxy."""
    server_origin: str
    """The server's origin as this request addressed it, or that of `base_url`."""
    origin: str | None
    """The page that sent it; none for a program, and for a browser's same-origin GET."""
    own: bool
    """Whether that is the server's own."""
    allowed: bool
    """Whether that is one of `allowed_origins`."""
    bearer: str | None
    cookie: str | None
    client: str

    def check_origin(self) -> None:
        """Refuse the page of a stranger, whatever credential it brings. `Forbidden`."""
        if self.origin is not None and not (self.own or self.allowed):
            raise Forbidden("This origin may not use the server.")

    def credential(self, *, safe: bool) -> str | None:
        """The token to go by, if any; a bearer's goes before the cookie.

        On a request that is not safe, and on a socket's handshake, the cookie counts only beside the
        server's own origin, else it is `Forbidden`. On a safe one it may also come without an origin.
        """
        if self.bearer is not None or self.cookie is None:
            return self.bearer
        if self.own or (safe and self.origin is None):
            return self.cookie
        if safe:
            return None
        raise Forbidden("The cookie counts only beside the server's own origin.")

    def nobody(self) -> Actor:
        """The actor of this caller while no credential is accepted."""
        return NOBODY.model_copy(update=self.circumstances())

    def circumstances(self) -> dict[str, Any]:
        """The fields of an actor that come from the request."""
        return {
            "local": self.local,
            "address": self.address,
            "origin": self.server_origin,
            "client": self.client,
        }


class Callers:
    """Tells who sent a request, by the operator's settings."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._base_url = normal_origin(settings.base_url) if settings.base_url else None
        self._allowed = frozenset(normal_origin(origin) for origin in settings.allowed_origins)
        self._proxies = tuple(settings.trusted_proxies)

    def of(self, scope: Scope, *, any_host: bool = False) -> Caller:
        """The caller of an ASGI scope. `Malformed` for a `Host` that is not one of the server's."""
        headers = _headers(scope)
        peer = _peer(scope)
        trusted = peer is not None and self._is_proxy(peer)
        host = _host(headers, trusted=trusted)
        if not any_host:
            self._check_host(host)
        scheme = _scheme(scope, headers, trusted=trusted)
        server_origin = self._base_url or normal_origin(f"{scheme}://{host}")
        origin = _origin(headers)
        return Caller(
            address=self._address(peer, headers),
            local=self._is_local(peer, host, headers, origin),
            secure=scheme == "https" or self._is_public_by_tls(host),
            server_origin=server_origin,
            origin=origin,
            own=origin == server_origin,
            allowed=origin in self._allowed,
            bearer=_bearer(headers),
            cookie=_cookie(headers),
            client=_last(headers, "user-agent")[:200],
        )

    def _is_proxy(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._proxies)

    def _check_host(self, host: str) -> None:
        expected = urlsplit(self._base_url).netloc if self._base_url else None
        if not _HOST.fullmatch(host):
            raise Malformed("The Host is not one.")
        if expected is None or host_name(host) in LOCAL_HOSTS:
            return
        scheme = urlsplit(self._base_url or "").scheme
        if urlsplit(normal_origin(f"{scheme}://{host}")).netloc != expected:
            raise Malformed("This server has another host name.")

    def _address(
        self, peer: IPv4Address | IPv6Address | None, headers: Mapping[str, Sequence[str]]
    ) -> str:
        """The nearest address that is no trusted proxy's, from the right of `X-Forwarded-For`."""
        address = peer
        for hop in reversed(_listed(headers, "x-forwarded-for")):
            if address is None or not self._is_proxy(address):
                break
            address = _parsed(hop)
        return "" if address is None else str(address)

    def _is_local(
        self,
        peer: IPv4Address | IPv6Address | None,
        host: str,
        headers: Mapping[str, Sequence[str]],
        origin: str | None,
    ) -> bool:
        return (
            peer is not None
            and peer.is_loopback
            and host_name(host) in LOCAL_HOSTS
            and not any(_is_forwarding(name) for name in headers)
            and (origin is None or is_local_origin(origin))
            and (self._base_url is None or is_local_origin(self._base_url))
        )

    def _is_public_by_tls(self, host: str) -> bool:
        base_url = self._base_url or ""
        return base_url.startswith("https:") and host_name(host) not in LOCAL_HOSTS


def normal_origin(text: str) -> str:
    """`HTTPS://Chat.example:443` → `https://chat.example`; what is no origin stays as it is."""
    scheme, _, host = text.lower().partition("://")
    name, colon, port = host.rpartition(":")
    if colon and port == _DEFAULT_PORTS.get(scheme):
        return f"{scheme}://{name}"
    return text.lower()


def host_name(host: str) -> str:
    """`localhost:8000` → `localhost`; empty for what is no host."""
    found = _HOST.fullmatch(host)
    return found["name"] if found else ""


def is_local_origin(origin: str) -> bool:
    """Whether a page of this origin comes from this very machine."""
    scheme, _, host = origin.partition("://")
    return scheme in _DEFAULT_PORTS and host_name(host) in LOCAL_HOSTS


def _headers(scope: Scope) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return headers


def _last(headers: Mapping[str, Sequence[str]], name: str) -> str:
    values = headers.get(name)
    return values[-1] if values else ""


def _listed(headers: Mapping[str, Iterable[str]], name: str) -> list[str]:
    return [part.strip() for value in headers.get(name, ()) for part in value.split(",")]


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _peer(scope: Scope) -> IPv4Address | IPv6Address | None:
    client = scope.get("client")
    return _parsed(client[0]) if client else None


def _host(headers: Mapping[str, Sequence[str]], *, trusted: bool) -> str:
    """As addressed. A proxy appends what it saw itself, so the last value is the trusted one."""
    if len(headers.get("host", ())) > 1:
        return ""
    forwarded = _listed(headers, "x-forwarded-host") if trusted else []
    return (forwarded[-1] if forwarded else _last(headers, "host")).lower()


def _scheme(scope: Scope, headers: Mapping[str, Sequence[str]], *, trusted: bool) -> str:
    forwarded = _listed(headers, "x-forwarded-proto") if trusted else []
    scheme = forwarded[-1].lower() if forwarded else scope.get("scheme", "http")
    return "https" if scheme in {"https", "wss"} else "http"


def _origin(headers: Mapping[str, Sequence[str]]) -> str | None:
    values = headers.get("origin")
    return normal_origin(",".join(values)) if values else None


def _bearer(headers: Mapping[str, Sequence[str]]) -> str | None:
    scheme, _, token = _last(headers, "authorization").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _cookie(headers: Mapping[str, Sequence[str]]) -> str | None:
    for pair in ";".join(headers.get("cookie", ())).split(";"):
        name, _, value = pair.partition("=")
        if name.strip() == COOKIE:
            return value.strip().strip('"') or None
    return None


def _is_forwarding(header: str) -> bool:
    return header in _FORWARDED or header.startswith("x-forwarded-")
