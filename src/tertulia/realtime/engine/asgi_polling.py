"""Long-polling over ASGI: a handshake, a poll or a body, and what each is answered."""

import asyncio
import gzip
import re
import zlib
from typing import TYPE_CHECKING, Any

from tertulia.realtime.engine import packets
from tertulia.realtime.engine.handshake import (
    BAD_REQUEST,
    TOO_LARGE,
    Answer,
    Header,
    Refused,
    Request,
)
from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.polling import PollingTransport
from tertulia.realtime.engine.transports import Reason

if TYPE_CHECKING:
    from tertulia.realtime.engine.server import Server
    from tertulia.realtime.engine.socket import Socket

NO_STORE: Header = (b"cache-control", b"no-store")
PACKETS: Header = (b"content-type", b"text/plain; charset=UTF-8")
OK = Answer(200, b"ok", ((b"content-type", b"text/html"), NO_STORE))
NOTHING = Answer(400, headers=())
NOT_ALLOWED = Answer(405, headers=((b"allow", b"GET, POST"),))

_WEIGHT = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?")


class ClientGone(Exception):
    """The client went away in the middle of its request."""


def open_polling(server: "Server", socket: "Socket") -> list[Header]:
    """Let a new socket begin with polling; the headers of the answer to its handshake."""
    server.start(socket, PollingTransport(socket, server.limits.poll_packets))
    return _cookies(server, socket)


async def answer(
    server: "Server", request: Request, socket: "Socket", receive: Any, headers: list[Header]
) -> Answer:
    """The answer to a request of a socket. Raises `Refused`, `ClientGone`."""
    transport = socket.transport
    if not isinstance(transport, PollingTransport):
        raise Refused(BAD_REQUEST)
    try:
        if request.method == "POST":
            return await _post(server, request, transport, receive)
        if request.method != "GET":
            raise Refused(NOT_ALLOWED)
        parcels = await _poll(transport, receive)
    except ClientGone:
        socket.abort(Reason.TRANSPORT_ERROR)
        raise
    return _reply(server, request, parcels, headers)


async def _post(
    server: "Server", request: Request, transport: PollingTransport, receive: Any
) -> Answer:
    socket = transport.socket
    with transport.posting() as alone:
        if not alone:
            raise Refused(NOTHING)
        if request.header(b"content-type") == "application/octet-stream":
            socket.abort(Reason.TRANSPORT_ERROR)
            raise Refused(NOTHING)
        most = server.limits.body_bytes or server.max_http_buffer_size
        body = await _body(receive, most)
        if body is None:
            socket.abort(Reason.TRANSPORT_ERROR)
            raise Refused(TOO_LARGE)
        server.note(socket, request)
        await transport.post(body)
    return OK


async def _body(receive: Any, most: int) -> bytes | None:
    """The body of a request; none if it is larger than that. Raises `ClientGone`."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = event.get("body", b"")
        size += len(chunk)
        if size > most:
            return None
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
            raise ClientGone
        parcels = await poll
    finally:
        poll.cancel()
        if gone is not None:
            gone.cancel()
    if parcels is None:
        raise Refused(NOTHING)
    return parcels


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _reply(
    server: "Server", request: Request, parcels: list[Parcel], headers: list[Header]
) -> Answer:
    body = packets.encode_payload(packet for parcel in parcels for packet in parcel.packets)
    headers = [PACKETS, NO_STORE, *headers]
    if server.http_compression and len(body) >= server.compression_threshold:
        encoding = _encoding(request.header(b"accept-encoding") or "")
        if encoding is not None:
            headers.append((b"content-encoding", encoding.encode()))
            body = gzip.compress(body, 6) if encoding == "gzip" else zlib.compress(body)
    return Answer(200, body, headers)


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
