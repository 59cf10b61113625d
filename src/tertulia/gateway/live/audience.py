"""Telling those who are connected: rooms, broadcasts and farewells, over any server of Socket.IO's API."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from tertulia.gateway.live.arrivals import Arrivals
from tertulia.gateway.live.connections import NAMESPACES, Connection, Connections, Farewell
from tertulia.gateway.live.steps import Bring, Step, Take, Tell
from tertulia.kit import metrics

GOODBYE = "gateway.goodbye"


class SocketServer(Protocol):
    """What the gateway uses of a server with the API of `socketio.AsyncServer`.

    `emit`, `enter_room` and `leave_room` do not suspend.
    """

    async def emit(
        self,
        event: str,
        data: Any = None,
        *,
        room: Any = None,
        skip_sid: Any = None,
        namespace: str | None = None,
    ) -> None:
        """Send an event to a connection or to rooms."""

    async def enter_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        """Put a connection into a room."""

    async def leave_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        """Take a connection out of a room."""

    async def disconnect(self, sid: str, namespace: str | None = None) -> None:
        """End a connection."""


class Audience:
    """All connections, as one may tell them something."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._arrivals: Arrivals[Step] = Arrivals()
        self.server: SocketServer

    # --- everybody ------------------------------------------------------------------------------

    async def take(self, step: Step) -> None:
        """Take a step with those who are here, and keep it for those who arrive."""
        self._arrivals.told(step)
        match step:
            case Tell():
                await self._tell(step)
            case Bring():
                for connection in self._here(step.people):
                    await self._enter(connection, step.rooms)
            case Take():
                for connection in self._here(step.people):
                    await self._leave(connection, step.rooms)

    async def _tell(self, step: Tell) -> None:
        if not step.rooms:
            return  # to a Socket.IO server no room means everybody
        metrics.BROADCASTS.labels(step.name).inc()
        skipped = [connection.id for connection in self._connections.in_rooms(step.skip)]
        for namespace in NAMESPACES:
            await self.server.emit(
                step.name,
                step.payload,
                room=list(step.rooms),
                skip_sid=skipped,
                namespace=namespace,
            )

    def _here(self, people: Iterable[str]) -> list[Connection]:
        return [it for it in self._connections.of_people(people) if it.live]

    async def _enter(self, connection: Connection, rooms: Sequence[str]) -> None:
        self._connections.enter(connection, rooms)
        for room in rooms:
            await self.server.enter_room(connection.id, room, namespace=connection.namespace)

    async def _leave(self, connection: Connection, rooms: Sequence[str]) -> None:
        self._connections.leave(connection, rooms)
        for room in rooms:
            await self.server.leave_room(connection.id, room, namespace=connection.namespace)

    # --- one ------------------------------------------------------------------------------------

    async def tell_one(self, connection: Connection, name: str, payload: Any) -> None:
        """Send an event to one connection."""
        await self.server.emit(name, payload, room=connection.id, namespace=connection.namespace)

    def expect(self, connection: Connection) -> None:
        """A connection arrives: it is known to its person and session, and what is told is kept."""
        self._connections.add(connection)
        self._arrivals.begin(connection.id)

    async def welcome(
        self, connection: Connection, rooms: Iterable[str], ready: dict[str, Any]
    ) -> None:
        """Tell a connection where it stands, then what was told meanwhile, then all that comes."""
        self._connections.enter(connection, rooms)
        await self.tell_one(connection, "gateway.ready", ready)
        for step in self._arrivals.end(connection.id):
            await self._replay(connection, step)
        connection.positions.clear()
        connection.live = True
        await self._enter(connection, tuple(connection.rooms))

    async def _replay(self, connection: Connection, step: Step) -> None:
        match step:
            case Tell():
                if step.is_for(connection):
                    await self.tell_one(connection, step.name, step.payload)
            case Bring():
                if connection.actor.id in step.people:
                    self._connections.enter(connection, step.rooms)
            case Take():
                if connection.actor.id in step.people:
                    self._connections.leave(connection, step.rooms)

    def forget(self, connection: Connection) -> None:
        """A connection is gone."""
        connection.turns.close()
        self._arrivals.end(connection.id)
        self._connections.remove(connection)

    # --- farewells ------------------------------------------------------------------------------

    async def close_rooms(self, rooms: Iterable[str], farewell: Farewell) -> None:
        """Say goodbye to everybody in the rooms. Returns when they hear nothing any more."""
        leaving = self._connections.in_rooms(rooms)
        await asyncio.gather(*(self.dismiss(connection, farewell) for connection in leaving))

    async def dismiss(self, connection: Connection, farewell: Farewell) -> None:
        """Say goodbye and close. One that still arrives is refused instead."""
        if connection.farewell is not None:
            return
        connection.farewell = farewell
        connection.turns.close()
        if not connection.live:
            return
        await self._leave(connection, tuple(connection.rooms))
        await self.tell_one(connection, GOODBYE, farewell.payload())
        await self.server.disconnect(connection.id, namespace=connection.namespace)
