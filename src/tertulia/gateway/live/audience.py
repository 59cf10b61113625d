"""Telling those who are connected: rooms, broadcasts and farewells."""

import asyncio
from collections.abc import Iterable, Sequence

from tertulia.gateway.live.arrivals import Arrivals
from tertulia.gateway.live.connections import NAMESPACES, Connection, Connections, Farewell
from tertulia.gateway.live.steps import Bring, Step, Take, Tell
from tertulia.kit import metrics
from tertulia.realtime import RawJSON, Server


class Audience:
    """All connections, as one may tell them something."""

    def __init__(self, connections: Connections, server: Server) -> None:
        self._connections = connections
        self._arrivals: Arrivals[Step] = Arrivals()
        self._server = server

    # --- everybody ------------------------------------------------------------------------------

    async def take(self, step: Step) -> None:
        """Take a step with those who are here, and keep it for those who arrive.

        It is taken at once; whoever takes many gives way here to those who are told.
        """
        self._arrivals.told(step)
        match step:
            case Tell():
                if self._tell(step):
                    await asyncio.sleep(0)
            case Bring():
                for connection in self._here(step.people):
                    await self._enter(connection, step.rooms)
            case Take():
                for connection in self._here(step.people):
                    await self._leave(connection, step.rooms)

    def _tell(self, step: Tell) -> bool:
        """Emit; whether much waits to be sent."""
        if not step.rooms:
            return False  # to a Socket.IO server no room means everybody
        metrics.BROADCASTS.labels(step.name).inc()
        skipped = [it.id for it in self._connections.in_rooms(step.skip)] if step.skip else None
        heard = [
            self._server.tell(
                step.name,
                step.payload,
                to=step.rooms,
                skip_sid=skipped,
                namespace=namespace,
                volatile=step.subject or False,
            )
            for namespace in NAMESPACES
        ]
        return any(audience is not None and audience.is_crowded() for audience in heard)

    def _here(self, people: Iterable[str]) -> list[Connection]:
        return [it for it in self._connections.of_people(people) if it.live]

    async def _enter(self, connection: Connection, rooms: Sequence[str]) -> None:
        self._connections.enter(connection, rooms)
        for room in rooms:
            await self._server.enter_room(connection.id, room, namespace=connection.namespace)

    async def _leave(self, connection: Connection, rooms: Sequence[str]) -> None:
        self._connections.leave(connection, rooms)
        for room in rooms:
            await self._server.leave_room(connection.id, room, namespace=connection.namespace)

    # --- one ------------------------------------------------------------------------------------

    def tell_one(self, connection: Connection, name: str, payload: RawJSON) -> None:
        """Send an event to one connection."""
        self._server.tell(name, payload, to=connection.id, namespace=connection.namespace)

    def expect(self, connection: Connection) -> None:
        """A connection arrives: it is known to its person and session, and what is told is kept."""
        self._connections.add(connection)
        self._arrivals.begin(connection.id)

    async def welcome(self, connection: Connection, rooms: Iterable[str], ready: RawJSON) -> None:
        """Tell a connection where it stands, then what was told meanwhile, then all that comes."""
        self._connections.enter(connection, rooms)
        self.tell_one(connection, "gateway.ready", ready)
        for step in self._arrivals.end(connection.id):
            self._replay(connection, step)
        connection.positions.clear()
        connection.live = True
        await self._enter(connection, tuple(connection.rooms))

    def _replay(self, connection: Connection, step: Step) -> None:
        match step:
            case Tell():
                if step.is_for(connection):
                    self.tell_one(connection, step.name, step.payload)
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
        """Say goodbye to everybody in the rooms. When it returns they hear nothing any more."""
        for connection in self._connections.in_rooms(rooms):
            await self.dismiss(connection, farewell)

    async def dismiss(self, connection: Connection, farewell: Farewell) -> None:
        """Say goodbye and close. One that still arrives is refused instead. Does not suspend."""
        if connection.farewell is not None:
            return
        connection.farewell = farewell
        connection.turns.close()
        if not connection.live:
            return
        await self._server.dismiss(
            connection.id,
            farewell.code,
            connection.namespace,
            reconnect=farewell.reconnect,
            after_ms=farewell.after_ms,
        )
