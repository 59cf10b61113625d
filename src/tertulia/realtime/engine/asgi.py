"""Plain ASGI: requests and WebSockets of any server, as transports."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tertulia.realtime.engine import asgi_polling, frames
from tertulia.realtime.engine.asgi_websocket import AsgiWebSocket
from tertulia.realtime.engine.handshake import (
    BAD_METHOD,
    BAD_REQUEST,
    FORBIDDEN,
    UNKNOWN_SESSION,
    UNKNOWN_TRANSPORT,
    UNSUPPORTED_VERSION,
    Answer,
    Refused,
    Request,
    Scope,
)

if TYPE_CHECKING:
    from tertulia.realtime.engine.server import Server
    from tertulia.realtime.engine.socket import Socket
    from tertulia.realtime.engine.websocket import WebSocketTransport

EXTENSION = "tertulia.realtime"
"""In `scope["extensions"]`: a driver whose `accept(most_bytes, headers, subprotocol)` gives a faster transport
(see `stream.py`)."""

PREFLIGHT = Answer(204, headers=())


async def handle(server: "Server", scope: Scope, receive: Any, send: Any) -> None:
    """Answer one ASGI scope."""
    request = Request(scope)
    try:
        if not server.origins.allows(request):
            raise Refused(FORBIDDEN)
        if request.is_websocket:
            await _websocket(server, request, receive, send)
            return
        answer = await _http(server, request, receive)
    except Refused as refused:
        answer = refused.answer
    except asgi_polling.ClientGone:
        return
    await _answer(server, request, send, answer)


async def _http(server: "Server", request: Request, receive: Any) -> Answer:
    if request.method == "OPTIONS" and server.origins.answers:
        return PREFLIGHT
    socket = _found(server, request)
    headers = []
    if socket is None:
        socket = await _opened(server, request)
        headers = asgi_polling.open_polling(server, socket)
    return await asgi_polling.answer(server, request, socket, receive, headers)


def _found(server: "Server", request: Request) -> "Socket | None":
    """The socket that a request belongs to; none for a handshake. Raises `Refused`."""
    transport, version = request.query.get("transport"), request.query.get("EIO")
    if transport not in server.transports:
        raise Refused(UNKNOWN_TRANSPORT)
    if request.sid is not None:
        socket = server.sockets.get(request.sid)
        if socket is None or socket.holder != server.holder_of(request):
            raise Refused(UNKNOWN_SESSION)
        if version != "4" or not (request.is_websocket or transport == socket.transport.name):
            raise Refused(BAD_REQUEST)
        return socket
    if request.method != "GET":
        raise Refused(BAD_METHOD)
    if request.is_websocket != (transport == "websocket") or "j" in request.query:
        raise Refused(BAD_REQUEST)
    if version != "4":
        raise Refused(UNSUPPORTED_VERSION)
    return None


async def _opened(server: "Server", request: Request) -> "Socket":
    """A new socket, if there is room for it and the application has nothing against it."""
    server.admission.check(request)
    await server.admission.admit(request)
    socket = server.open(request)
    try:
        answer = True if server.greet is None else await server.greet(socket)
    except BaseException:
        server.discard(socket)
        raise
    if answer is not True:
        server.discard(socket)
        body = server.json.dumps(answer or "Unauthorized")
        raise Refused(Answer(401, body.encode()))
    return socket


async def _websocket(server: "Server", request: Request, receive: Any, send: Any) -> None:
    socket = _found(server, request)
    driver = request.scope.get("extensions", {}).pop(EXTENSION, None)
    slow = None if driver else AsgiWebSocket(receive, send, server.max_http_buffer_size)
    if slow is not None:
        await slow.connected()
    opening = await _opened(server, request) if socket is None else None
    transport = await _accepted(server, request, slow or driver)
    if transport is None:
        if opening is not None:
            server.discard(opening)
        return
    if opening is not None:
        transport.open(opening)
        server.start(opening, transport)
    elif socket is not None:
        _probe(server, socket, transport, request)
    if slow is not None:
        await slow.run()


async def _accepted(server: "Server", request: Request, driver: Any) -> "WebSocketTransport | None":
    """The WebSocket, open; none if the client did not wait for it."""
    headers = server.origins.headers(request)
    subprotocol = next(iter(request.scope.get("subprotocols", ())), None)
    transport: WebSocketTransport | None
    if isinstance(driver, AsgiWebSocket):
        transport = driver if await driver.accept(headers, subprotocol) else None
    else:
        transport = driver.accept(server.max_http_buffer_size, headers, subprotocol)
    if transport is not None:
        transport.base64 = request.query.get("b64") == "1"
    return transport


def _probe(
    server: "Server", socket: "Socket", transport: "WebSocketTransport", request: Request
) -> None:
    transport.open(socket, probing=True)
    if not socket.begin_upgrade(transport):
        transport.fail()
        return
    server.note(socket, request)


async def _answer(server: "Server", request: Request, send: Any, answer: Answer) -> None:
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
    with suppress(OSError, RuntimeError):  # servers say so when the client is gone
        await send(start)
        await send({"type": f"{kind}.response.body", "body": answer.body})
