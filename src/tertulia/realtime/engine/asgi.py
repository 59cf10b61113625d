"""Plain ASGI: requests and WebSockets of any server, as transports."""

import asyncio
import gzip
import re
import zlib
from typing import TYPE_CHECKING, Any

from tertulia.realtime.engine import frames, packets
from tertulia.realtime.engine.asgi_websocket import AsgiWebSocket
from tertulia.realtime.engine.handshake import (
    BAD_METHOD,
    BAD_REQUEST,
    FORBIDDEN,
    TOO_LARGE,
    UNKNOWN_SESSION,
    UNKNOWN_TRANSPORT,
    UNSUPPORTED_VERSION,
    Header,
    Refusal,
    Request,
    Scope,
)
from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.polling import PollingTransport
from tertulia.realtime.engine.transports import Reason

if TYPE_CHECKING:
    from tertulia.realtime.engine.server import Server
    from tertulia.realtime.engine.socket import Socket
    from tertulia.realtime.engine.websocket import WebSocketTransport

EXTENSION = "tertulia.realtime"
"""In `scope["extensions"]`: a driver whose `accept(most_bytes, headers, subprotocol)` gives a faster transport (see `stream.py`)."""

NO_STORE: Header = (b"cache-control", b"no-store")
PACKETS: Header = (b"content-type", b"text/plain; charset=UTF-8")
OK = Refusal(200, b"ok", ((b"content-type", b"text/html"), NO_STORE))
NOTHING = Refusal(400, b"", ())
NOT_ALLOWED = Refusal(405, b"", ((b"allow", b"GET, POST"),))
PREFLIGHT = Refusal(204, b"", ())

_WEIGHT = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q=([0-9.]+))?")


class _ClientGoneError(Exception):
    """The client went away in the middle of its request."""


async def handle(server: "Server", scope: Scope, receive: Any, send: Any) -> None:
    """Answer one ASGI scope."""
    request = Request(scope)
    try:
        if request.method == "OPTIONS" and server.origins.answers:
            raise PREFLIGHT
        if not server.origins.allows(request):
            raise FORBIDDEN
        if request.is_websocket:
            await _websocket(server, request, receive, send)
        else:
            await _http(server, request, receive, send)
    except Refusal as refusal:
        await _answer(server, request, send, refusal)


def _found(server: "Server", request: Request) -> "Socket | None":
    """The socket that a request belongs to; none for a handshake. Raises `Refusal`."""
    transport, version = request.query.get("transport"), request.query.get("EIO")
    if transport not in server.transports:
        raise UNKNOWN_TRANSPORT
    if request.sid is not None:
        socket = server.sockets.get(request.sid)
        if socket is None or socket.holder != server.holder_of(request):
            raise UNKNOWN_SESSION
        if version != "4" or not (request.is_websocket or transport == socket.transport.name):
            raise BAD_REQUEST
        return socket
    if request.method != "GET":
        raise BAD_METHOD
    if request.is_websocket != (transport == "websocket") or "j" in request.query:
        raise BAD_REQUEST
    if version != "4":
        raise UNSUPPORTED_VERSION
    return None


async def _admit(server: "Server", request: Request) -> None:
    server.admission.check(request)
    await server.admission.admit(request)


async def _greet(server: "Server", socket: "Socket") -> None:
    if server.greet is None:
        return
    answer = await server.greet(socket)
    if answer is not True:
        server.forget(socket)
        server.admission.closed(socket.address)
        body = server.json.dumps(answer or "Unauthorized")
        raise Refusal(401, body.encode())


# --- WebSockets -------------------------------------------------------------------------------------


async def _websocket(server: "Server", request: Request, receive: Any, send: Any) -> None:
    socket = _found(server, request)
    driver = request.scope.get("extensions", {}).pop(EXTENSION, None)
    slow = None if driver else AsgiWebSocket(receive, send, server.max_http_buffer_size)
    if slow is not None:
        await slow.connected()
    opening = None
    if socket is None:
        await _admit(server, request)
        opening = server.open(request)
        await _greet(server, opening)
    headers = server.origins.headers(request)
    subprotocol = next(iter(request.scope.get("subprotocols", ())), None)
    if slow is not None:
        await slow.accept(headers, subprotocol)
    transport: WebSocketTransport = (
        driver.accept(server.max_http_buffer_size, headers, subprotocol) if slow is None else slow
    )
    transport.base64 = request.query.get("b64") == "1"
    if opening is not None:
        transport.open(opening)
        server.start(opening, transport)
    elif socket is not None:
        _probe(server, socket, transport, request)
    if slow is not None:
        await slow.run()


def _probe(
    server: "Server", socket: "Socket", transport: "WebSocketTransport", request: Request
) -> None:
    transport.open(socket, probing=True)
    if not socket.begin_upgrade(transport):
        transport.fail()
        return
    socket.scope = server.remember(request.scope)
    loop = asyncio.get_running_loop()
    loop.call_later(server.limits.handshake_seconds, transport.give_up_probe)


# --- long-polling -----------------------------------------------------------------------------------


async def _http(server: "Server", request: Request, receive: Any, send: Any) -> None:
    socket = _found(server, request)
    headers: list[Header] = []
    if socket is None:
        await _admit(server, request)
        socket = server.open(request)
        await _greet(server, socket)
        transport = PollingTransport(socket, server.limits.poll_packets)
        server.start(socket, transport)
        headers = _cookies(server, socket)
    elif request.method not in {"GET", "POST"}:
        raise NOT_ALLOWED
    transport = socket.transport
    if not isinstance(transport, PollingTransport):
        raise BAD_REQUEST
    try:
        if request.method == "POST":
            await _post(server, request, transport, receive)
        parcels = await _poll(transport, receive)
    except _ClientGoneError:
        socket.abort(Reason.TRANSPORT_ERROR)
        return
    await _answer(server, request, send, _reply(server, request, parcels, headers))


async def _post(
    server: "Server", request: Request, transport: PollingTransport, receive: Any
) -> None:
    socket = transport.socket
    with transport.posting() as alone:
        if not alone:
            raise NOTHING
        if request.header(b"content-type") == "application/octet-stream":
            socket.abort(Reason.TRANSPORT_ERROR)
            raise NOTHING
        most = server.limits.body_bytes or server.max_http_buffer_size
        body = await _body(receive, most)
        socket.scope = server.remember(request.scope)
        await transport.post(body)
    raise OK


async def _body(receive: Any, most: int) -> bytes:
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise _ClientGoneError
        chunk: bytes = event.get("body", b"")
        size += len(chunk)
        if size > most:
            raise TOO_LARGE
        chunks.append(chunk)
        more = event.get("more_body", False)
    return b"".join(chunks)


async def _poll(transport: PollingTransport, receive: Any) -> list[Parcel]:
    """The packets of a reply, unless the client goes away before."""
    poll = asyncio.ensure_future(transport.poll())
    await asyncio.sleep(0)
    gone: asyncio.Future[None] | None = None
    try:
        if not poll.done():
            gone = asyncio.ensure_future(_gone(receive))
            await asyncio.wait({poll, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not poll.done():
            raise _ClientGoneError
        parcels = await poll
    finally:
        poll.cancel()
        if gone is not None:
            gone.cancel()
    if parcels is None:
        raise NOTHING
    return parcels


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _reply(
    server: "Server", request: Request, parcels: list[Parcel], headers: list[Header]
) -> Refusal:
    body = packets.encode_payload(packet for parcel in parcels for packet in parcel.packets)
    headers = [PACKETS, NO_STORE, *headers]
    if server.http_compression and len(body) >= server.compression_threshold:
        encoding = _encoding(request.header(b"accept-encoding") or "")
        if encoding is not None:
            headers.append((b"content-encoding", encoding.encode()))
            body = gzip.compress(body, 6) if encoding == "gzip" else zlib.compress(body)
    return Refusal(200, body, headers)


def _encoding(accepted: str) -> str | None:
    """`gzip` or `deflate`, as the client prefers (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for choice in accepted.lower().split(","):
        found = _WEIGHT.fullmatch(choice.rstrip())
        if found:
            weights[found[1]] = float(found[2] or 1)
    weights.setdefault("gzip", weights.get("*", 0))
    best = max(("gzip", "deflate"), key=lambda name: weights.get(name, 0))
    return best if weights.get(best, 0) > 0 else None


def _cookies(server: "Server", socket: "Socket") -> list[Header]:
    if not server.cookie:
        return []
    cookie = server.cookie if isinstance(server.cookie, dict) else {"name": server.cookie}
    attributes: dict[str, Any] = {"path": "/", "HttpOnly": True, "SameSite": "Lax", **cookie}
    text = f"{attributes.pop('name', 'io')}={socket.sid}"
    for name, given in attributes.items():
        value: Any = given() if callable(given) else given
        if value:
            text += f"; {name}" if value is True else f"; {name}={value}"
    return [(b"set-cookie", text.encode("latin-1"))]


# --- answers ----------------------------------------------------------------------------------------


async def _answer(server: "Server", request: Request, send: Any, answer: Refusal) -> None:
    """Send an answer, or the same instead of accepting a WebSocket."""
    kind = "http"
    headers = [*answer.headers, *server.origins.headers(request)]
    if request.is_websocket:
        if "websocket.http.response" not in request.scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": frames.POLICY})
            return
        kind = "websocket.http"
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    start = {"type": f"{kind}.response.start", "status": answer.status, "headers": headers}
    await send(start)
    await send({"type": f"{kind}.response.body", "body": answer.body})
