"""A connection's first steps: who is it, may it come in, where does it stand."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

import structlog
from pydantic import Field
from pydantic_core import to_json

from tertulia.accounts.contract import Identity, OpenGuest
from tertulia.conversations.contract.arriving import GetArrival
from tertulia.conversations.contract.conversations import GetHeads, Heads
from tertulia.conversations.contract.people import GetUser
from tertulia.gateway.caller import Caller
from tertulia.gateway.http.about import NAME, PROTOCOL, server_card
from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.connections import Arrival, Connection, Connections
from tertulia.gateway.live.interest import Everything, Interest
from tertulia.gateway.live.plain_lane import guest_room
from tertulia.gateway.reception import Reception, actor_of
from tertulia.gateway.validation import validated
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import (
    AppError,
    DeadlinePassed,
    Internal,
    Malformed,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Model
from tertulia.kernel.text import Name
from tertulia.kit import metrics
from tertulia.kit.bus import Bus
from tertulia.kit.edge import conversation_room, session_room, space_room, user_room
from tertulia.presence.contract import Connect, Disconnect
from tertulia.realtime import RawJSON

BASE_MS = 1_000
MAX_MS = 60_000

log = structlog.get_logger(__name__)


class ConnectionLimit(RateLimited):
    """The person, or the address, has as many connections as it may."""

    code: ClassVar[str] = "gateway.connection_limit"
    detail = "Too many connections."


class ProtocolUnsupported(Malformed):
    """The client speaks a protocol that this server does not."""

    code: ClassVar[str] = "gateway.protocol_unsupported"
    detail = "This server speaks protocol 1."


class Hello(Model):
    """The `auth` of a connection."""

    token: str | None = Field(default=None, repr=False)
    protocol: int | None = None
    name: Name | None = None


class Handshake:
    """Takes connections in, and sees them out."""

    def __init__(
        self,
        bus: Bus,
        reception: Reception,
        connections: Connections,
        audience: Audience,
        limits: Limits,
        version: str,
    ) -> None:
        self._bus = bus
        self._reception = reception
        self._connections = connections
        self._audience = audience
        self._limits = limits
        self._version = version
        self.may_tell: Callable[[], Awaitable[None]] = _at_once
        """Waits until connections may be told anything."""
        self.interest: Interest = Everything()
        """What is heard here."""
        self._organization: str | None = None
        self._entering: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def arrive(self, connection_id: str, namespace: str, caller: Caller, auth: Any) -> None:
        """Take a connection in, or raise the `AppError` that refuses it.

        `gateway.ready` follows in a task of its own: the client hears nothing before the CONNECT packet,
        which the server sends when this returns.
        """
        try:
            async with asyncio.timeout(self._limits.deadline_seconds):
                await self._arrive(connection_id, namespace, caller, auth)
        except BaseException as failure:
            self._drop(connection_id)
            if not isinstance(failure, Exception):
                raise
            error = _refusal(failure)
            metrics.REFUSED_CONNECTIONS.labels(error.code).inc()
            raise error from None

    async def leave(self, connection_id: str) -> None:
        """A connection is gone."""
        connection = self._connections.find(connection_id)
        if connection is None:
            return
        self._drop(connection_id)
        metrics.CONNECTIONS.set(len(self._connections))
        entering = self._entering.get(connection_id)
        if entering is not None or connection.live:
            self._later(self._tell_presence(connection, Disconnect(), after=entering))

    async def _arrive(self, connection_id: str, namespace: str, caller: Caller, auth: Any) -> None:
        hello = self._hello(auth)
        identity, token = await self._identify(hello, caller)
        actor = actor_of(identity, caller, connection_id=connection_id)
        self._check_number(actor.id)
        arrival = Arrival({user_room(actor.id), session_room(identity.session_id)})
        connection = Connection(connection_id, namespace, actor, arrival, token)
        self._audience.expect(connection)
        heads = await self.interest.arrive(lambda: self._bus.ask(GetHeads(), actor))
        identity, name = await self._as_known(identity, actor), await self._name()
        if connection.farewell is not None:
            raise Unavailable() if connection.farewell.reconnect else Unauthenticated()
        arrival.rooms |= _rooms(actor, heads)
        arrival.positions = {id_: head.head for id_, head in heads.heads.items()}
        entering = self._later(self._enter(connection, self._ready(identity, heads, token, name)))
        self._entering[connection_id] = entering
        entering.add_done_callback(lambda _: self._entering.pop(connection_id, None))

    def _hello(self, auth: Any) -> Hello:
        if auth is None:
            return Hello()
        if not isinstance(auth, Mapping):
            raise Malformed("The auth of a connection is an object.")
        hello = validated(Hello, {k: v for k, v in auth.items() if v is not None}, self._limits)
        if hello.protocol not in {None, PROTOCOL}:
            raise ProtocolUnsupported(params={"protocol": PROTOCOL})
        return hello

    async def _identify(self, hello: Hello, caller: Caller) -> tuple[Identity, str]:
        """Who it is, and by which token."""
        token = hello.token if hello.token is not None else caller.credential(safe=False)
        if token is None:
            guest = await self._bus.ask(OpenGuest(display_name=hello.name), caller.nobody())
            return guest.identity, guest.token
        identity = await self._reception.identify(token, caller, name=hello.name, once=True)
        return identity, token

    def _check_number(self, person_id: str) -> None:
        if len(self._connections.of_person(person_id)) >= self._limits.connections_per_person:
            raise ConnectionLimit(params={"limit": self._limits.connections_per_person})

    async def _as_known(self, identity: Identity, actor: Actor) -> Identity:
        """A guest who comes back is who they were when they spoke, whatever name they give now."""
        if identity.user.kind != "guest":
            return identity
        try:
            found = await self._bus.ask(GetUser(user_id=actor.id), actor)
        except NotFound:
            return identity
        return identity.model_copy(update={"user": found.user})

    async def _name(self) -> str:
        """What the server is called: for good, once set-up has named it."""
        if self._organization is None:
            self._organization = (await self._bus.ask(GetArrival())).organization
        return self._organization or NAME

    def _ready(self, identity: Identity, heads: Heads, token: str, name: str) -> RawJSON:
        pass_ = {"token": token} if identity.user.kind == "guest" else {}
        base_ms = max(BASE_MS, self._seconds_to_return() * 1000)
        ready = {
            "user": identity.user,
            "session_id": identity.session_id,
            **pass_,
            "server": server_card(self._version, name),
            "heads": heads.heads,
            "reconnect": {"base_ms": min(base_ms, MAX_MS), "max_ms": MAX_MS},
        }
        return RawJSON(to_json(ready))

    def _seconds_to_return(self) -> int:
        """How long it takes until everybody who is here is taken in again."""
        rate = self._limits.handshakes_per_second
        return int(len(self._connections) / rate) if rate else 0

    async def _enter(self, connection: Connection, ready: RawJSON) -> None:
        await self.may_tell()
        if self._connections.find(connection.id) is None:
            return
        if connection.farewell is not None:
            farewell, connection.farewell = connection.farewell, None
            self._connections.settle(connection)
            await self._audience.dismiss(connection, farewell)
            return
        await self._audience.welcome(connection, ready)
        metrics.CONNECTIONS.set(len(self._connections))
        await self._tell_presence(connection, Connect())

    async def _tell_presence(
        self,
        connection: Connection,
        news: Connect | Disconnect,
        *,
        after: asyncio.Task[None] | None = None,
    ) -> None:
        if after is not None:
            await asyncio.wait({after})
        try:
            await self._bus.ask(news, connection.actor)
        except AppError as error:
            log.debug("presence_not_told", code=error.code)

    def _drop(self, connection_id: str) -> None:
        connection = self._connections.find(connection_id)
        if connection is not None:
            self._audience.forget(connection)

    def _later(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _at_once() -> None:
    """Where no pause can be."""


def _rooms(actor: Actor, heads: Heads) -> set[str]:
    rooms = {*map(conversation_room, heads.heads), *map(space_room, heads.space_ids)}
    if actor.kind == "guest":
        rooms |= {guest_room(id_) for id_ in heads.heads}
    return set(map(sys.intern, rooms))


def _refusal(failure: Exception) -> AppError:
    if isinstance(failure, AppError):
        return failure
    if isinstance(failure, TimeoutError):
        return DeadlinePassed()
    log.error("handshake_failed", exc_info=failure)
    return Internal()
