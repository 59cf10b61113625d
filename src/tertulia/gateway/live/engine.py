"""The Socket.IO server as this product runs it: its limits, its words, and what it keeps of a request."""

from typing import Any

from tertulia import realtime
from tertulia.gateway import strict_json
from tertulia.gateway.caller import Caller
from tertulia.gateway.live.connections import NAMESPACES
from tertulia.kernel.addresses import address_key
from tertulia.kernel.limits import Limits

GOODBYE = "gateway.goodbye"
HANDLERS = 64
"""Commands of one connection under way; what follows is read when one of them is answered. Their answers
and updates together are no more than may wait for a client, so nobody is slow for asking much at once."""

Scope = dict[str, Any]


def open_server(limits: Limits, *, rates: bool = True) -> realtime.Server:
    """A server that is ready for handlers. `rates`: it puts handshakes off when too many come at once."""
    server = realtime.Server(
        namespaces=NAMESPACES,
        json=strict_json.Wire,
        goodbye=GOODBYE,
        cors_allowed_origins=[],  # the door has asked
        ping_interval=limits.ping_interval,
        ping_timeout=limits.ping_timeout,
        max_http_buffer_size=limits.frame_bytes,
        http_compression=False,
        limits=_engine_limits(limits, rates=rates),
    )
    engine = server.eio
    engine.remember = _remembered
    engine.keeps_latest = True
    engine.holder_of = lambda request: holder(request.scope)
    engine.admission.address_of = lambda request: counted_address(caller_of(request.scope))
    return server


def caller_of(scope: Scope) -> Caller:
    """Who sent a request, or what was remembered of it."""
    return scope["tertulia.caller"]


def counted_address(caller: Caller) -> str | None:
    """Whose connections a caller's counts among; what is local is not counted."""
    return None if caller.local else address_key(caller.address)


def holder(scope: Scope) -> int | None:
    """The credential in a request's headers: a session's requests all bring the same."""
    caller = caller_of(scope)
    if caller.bearer is None and caller.cookie is None:
        return None
    return hash((caller.bearer, caller.cookie))


def _remembered(scope: Scope) -> Scope:
    """All that the handshake of a connection reads; the rest of a request is forgotten."""
    return {"tertulia.caller": caller_of(scope)}


def _engine_limits(limits: Limits, *, rates: bool) -> realtime.Limits:
    rate = limits.handshakes_per_second if rates else 0
    return realtime.Limits(
        handshake_seconds=limits.handshake_seconds,
        attachments=limits.attachments,
        poll_packets=limits.poll_packets,
        body_bytes=limits.body_bytes,
        handlers=HANDLERS,
        connections_per_address=limits.connections_per_address,
        handshakes_per_second=rate or None,
    )
