"""From the Socket.IO server's events to the parts that answer them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from pydantic_core import to_json

from tertulia.gateway.answers import ack_error
from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.commands import Answer, Commands
from tertulia.gateway.live.connections import NAMESPACES, Connection, Connections, Farewell
from tertulia.gateway.live.engine import caller_of
from tertulia.gateway.live.handshake import Handshake
from tertulia.gateway.live.plain_lane import MESSAGE, PlainLane
from tertulia.kernel.errors import AppError, Unauthenticated
from tertulia.kernel.ids import new_id
from tertulia.realtime import RawJSON, Server
from tertulia.realtime.exceptions import ConnectionRefusedError as Refused

RATE_LIMITED = Farewell("rate_limited", after_ms=10_000)


class Events:
    """Answers the events of a server, by each name of the one namespace."""

    def __init__(
        self,
        connections: Connections,
        audience: Audience,
        handshake: Handshake,
        commands: Commands,
        plain_lane: PlainLane,
    ) -> None:
        self._connections = connections
        self._audience = audience
        self._handshake = handshake
        self._commands = commands
        self._plain_lane = plain_lane
        self._tasks: set[asyncio.Task[None]] = set()
        commands.flooded = self._flooded

    def register(self, server: Server) -> None:
        """Answer the events of a server."""
        for namespace in NAMESPACES:
            server.on("connect", self._connect_to(namespace), namespace=namespace)
            server.on("disconnect", self._disconnect, namespace=namespace)
            server.on("*", self._event, namespace=namespace)

    def _connect_to(self, namespace: str) -> Callable[..., Coroutine[Any, Any, None]]:
        async def connect(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
            caller = caller_of(environ["asgi.scope"])
            try:
                await self._handshake.arrive(sid, namespace, caller, auth)
            except AppError as error:
                raise Refused(error.code, ack_error(error, new_id())) from None

        return connect

    async def _disconnect(self, sid: str, _reason: Any = None) -> None:
        await self._handshake.leave(sid)

    async def _event(self, name: str, sid: str, *arguments: Any) -> Answer:
        connection = self._connections.find(sid)
        if connection is None:
            told = {"ok": False, "error": ack_error(Unauthenticated(), new_id())}
            return RawJSON(to_json(told))
        if name == MESSAGE:
            return await self._plain_lane.answer(connection, arguments)
        return await self._commands.answer(connection, name, arguments)

    def _flooded(self, connection: Connection) -> None:
        """The last refusal is heard before the goodbye."""
        self._later(self._audience.dismiss(connection, RATE_LIMITED))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
