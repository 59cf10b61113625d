"""The transports under the stock server."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import engineio
from engineio import packet
from engineio.async_drivers.asgi import translate_request

from tertulia.gateway.live.stock.socket import Socket

if TYPE_CHECKING:
    from tertulia.gateway.live.stock.server import StockServer


class Engine(engineio.AsyncServer):
    """An `engineio.AsyncServer` whose sockets are `Socket`."""

    house: "StockServer"
    sockets: dict[str, Socket]

    async def handle_request(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        """Answer a request of either transport, if it comes from who opened the session."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        socket = self.sockets.get(query.get("sid", [""])[0])
        if socket is not None and socket.holder != self.house.holder(scope):
            environ = await translate_request(scope, receive, send)
            return await self._make_response(self._bad_request("Invalid session"), environ)
        return await super().handle_request(scope, receive, send)

    async def disconnect(self, sid: str | None = None) -> None:
        """Close a transport that broke the rules; nobody waits for it."""
        socket = self.sockets.get(sid or "")
        if socket is not None:
            await socket.close(wait=False, reason=self.reason.TRANSPORT_ERROR)

    async def tell_closed(self, sid: str, reason: Any) -> None:
        """Let the server above end the connections of a transport."""
        reason = reason or self.reason.SERVER_DISCONNECT
        await self._trigger_event("disconnect", sid, reason, run_async=False)

    async def _handle_connect(
        self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None
    ) -> Any:
        if self.start_service_task:
            self.start_service_task = False
            self.service_task_handle = self.start_background_task(self._service_task)
        socket = Socket(self, self.generate_id(), environ["asgi.scope"])
        self.sockets[socket.sid] = socket
        socket.put(self._open_packet(socket.sid, transport))
        await self._trigger_event("connect", socket.sid, environ, run_async=False)
        socket.schedule_ping()
        if transport == "websocket":
            return await socket.handle_get_request(environ)
        socket.connected = True
        return self._ok(await socket.answer_poll())

    def _open_packet(self, sid: str, transport: str) -> packet.Packet:
        opening = {
            "sid": sid,
            "upgrades": self._upgrades(sid, transport),
            "pingTimeout": int(self.ping_timeout * 1000),
            "pingInterval": int(self.ping_interval * 1000),
            "maxPayload": self.max_http_buffer_size,
        }
        return packet.Packet(packet.OPEN, opening)
