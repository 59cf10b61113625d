"""Telling those who are connected: rooms, broadcasts and farewells."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from prometheus_client import Counter

from tertulia.gateway.live.arrivals import Arrivals
from tertulia.gateway.live.connections import (
    NAMESPACES,
    Arrival,
    Connection,
    Connections,
    Farewell,
)
from tertulia.gateway.live.steps import Bring, Step, Take, Tell
from tertulia.kit import metrics
from tertulia.presence.contract import Changed
from tertulia.realtime import Audience as Heard
from tertulia.realtime import RawJSON, Server


class Audience:
    """All connections, as one may tell them something."""

    def __init__(self, connections: Connections, server: Server) -> None:
        self._connections = connections
        self._arrivals: Arrivals[Step] = Arrivals()
        self._server = server
        self._counters: dict[str, Counter] = {}

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
                self._forget_put_off(step.people)
                for connection in self._here(step.people):
                    await self._leave(connection, step.rooms)

    def _tell(self, step: Tell) -> bool:
        """Emit; whether much waits to be sent."""
        if not step.rooms:
            return False  # to a Socket.IO server no room means everybody
        self._count(step.name)
        crowded = False
        for namespace in NAMESPACES:
            heard = self._emit(step, namespace)
            crowded |= heard is not None and heard.is_crowded()
        return crowded

    def _count(self, name: str) -> None:
        counter = self._counters.get(name)
        if counter is None:
            counter = self._counters[name] = metrics.BROADCASTS.labels(name)
        counter.inc()

    def _emit(self, step: Tell, namespace: str) -> Heard | None:
        first, *others = step.rooms
        return self._server.tell(
            step.name,
            step.payload,
            to=step.rooms if others else first,
            skip_sid=self._members(step.skip, namespace) if step.skip else None,
            namespace=namespace,
            volatile=step.subject or False,
        )

    def _members(self, rooms: Iterable[str], namespace: str) -> list[str]:
        return [it for room in rooms for it in self._server.members(room, namespace)]

    def _here(self, people: Iterable[str]) -> list[Connection]:
        return [it for it in self._connections.of_people(people) if it.live]

    async def _enter(self, connection: Connection, rooms: Iterable[str]) -> None:
        with suppress(ValueError):  # it has just gone
            for room in rooms:
                await self._server.enter_room(connection.id, room, namespace=connection.namespace)

    async def _leave(self, connection: Connection, rooms: Iterable[str]) -> None:
        for room in rooms:
            await self._server.leave_room(connection.id, room, namespace=connection.namespace)

    def _forget_put_off(self, people: Iterable[str]) -> None:
        """Who leaves a place may perhaps no longer see those who are there, nor they them."""
        for person in people:
            self._server.eio.volatile.forget_subject((Changed.wire_name, person))
        for connection in self._here(people):
            self.forget_put_off(connection)

    def is_heard(self, rooms: Iterable[str]) -> bool:
        """Whether anybody hears these rooms now, or may once they have arrived."""
        if len(self._arrivals):
            return True
        for room in rooms:
            for namespace in NAMESPACES:
                if not self._server.is_empty(room, namespace):
                    return True
        return False

    def unheard(self, rooms: Iterable[str]) -> list[str]:
        """Those rooms that nobody hears, nor will once they have arrived."""
        awaited = self._connections.awaited_rooms()
        return [it for it in rooms if it not in awaited and self._is_empty(it)]

    def _is_empty(self, room: str) -> bool:
        return all(self._server.is_empty(room, namespace) for namespace in NAMESPACES)

    # --- one ------------------------------------------------------------------------------------

    def tell_one(self, connection: Connection, name: str, payload: RawJSON) -> None:
        """Send an event to one connection."""
        self._server.tell(name, payload, to=connection.id, namespace=connection.namespace)

    def forget_put_off(self, connection: Connection) -> None:
        """Let go of what may be lost and waits for one connection alone: it may not be told, or asks anew."""
        self._server.forget_volatile(connection.id, connection.namespace)

    def expect(self, connection: Connection) -> None:
        """A connection arrives: it is known to its person and session, and what is told is kept."""
        self._connections.add(connection)
        self._arrivals.begin(connection.id)

    async def welcome(self, connection: Connection, ready: RawJSON) -> None:
        """Tell a connection where it stands, then what was told meanwhile, then all that comes.

        Nothing suspends in between.
        """
        self.tell_one(connection, "gateway.ready", ready)
        missed, arrival = self._arrivals.end(connection.id), self._connections.settle(connection)
        if arrival is None:
            return
        for step in missed:
            self._replay(connection, arrival, step)
        await self._enter(connection, arrival.rooms)

    def _replay(self, connection: Connection, arrival: Arrival, step: Step) -> None:
        match step:
            case Tell():
                if step.is_for(arrival):
                    self.tell_one(connection, step.name, step.payload)
            case Bring():
                if connection.actor.id in step.people:
                    arrival.rooms.update(step.rooms)
            case Take():
                if connection.actor.id in step.people:
                    arrival.rooms.difference_update(step.rooms)

    def hears(self, connection: Connection, room: str) -> bool:
        """Whether a connection is in a room."""
        return room in self._server.rooms(connection.id, connection.namespace)

    def forget(self, connection: Connection) -> None:
        """A connection is gone."""
        connection.turns.close()
        self._arrivals.end(connection.id)
        self._connections.remove(connection)

    # --- farewells ------------------------------------------------------------------------------

    async def close_rooms(self, rooms: Iterable[str], farewell: Farewell) -> None:
        """Say goodbye to everybody in the rooms. When it returns they hear nothing any more."""
        for connection in [*self._connections.arriving_in(rooms), *self._in_rooms(rooms)]:
            await self.dismiss(connection, farewell)

    def _in_rooms(self, rooms: Iterable[str]) -> list[Connection]:
        members = {it for namespace in NAMESPACES for it in self._members(rooms, namespace)}
        return [found for it in members if (found := self._connections.find(it)) is not None]

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
