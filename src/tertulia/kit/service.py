"""What a service declares of itself, and the three ways in which a request is carried out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from tertulia.kernel.actor import Actor
from tertulia.kernel.clock import Clock
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Event, Request
from tertulia.kit import failpoints
from tertulia.kit.bus import Bus, Handler, Listener
from tertulia.kit.db import Database, Unit, each
from tertulia.kit.outbox import EventLog

Act = Callable[[Connection, Any, Actor], Any]
"""A handler over the database: `(connection, request, actor) -> result`, or raises an `AppError`."""


@dataclass(frozen=True)
class Policy:
    """The operator's choices that services decide by."""

    registration: str = "invite"
    guests: str = "local"
    base_url: str | None = None
    setup_code: str = ""


@dataclass(frozen=True)
class Kit:
    """The tools that the runtime hands to a service."""

    database: Database
    bus: Bus
    clock: Clock
    limits: Limits
    policy: Policy
    settled: Callable[[str], Awaitable[None]]
    """`await settled(service)`: every live listener has heard what the service committed so far."""
    followed: Callable[[str], Awaitable[None]]
    """`await followed(service)`: so has everyone who reacts durably, unless that takes too long."""
    heard: Callable[[str], Awaitable[None]]
    """`await heard(service)`: the live listeners here have heard every barrier of it that was answered so far.

    Raises `Unavailable` while that cannot be known.
    """
    rate_limits: bool = True

    def write(self, act: Act, *, barrier: str | None = None) -> Handler:
        """Carry out by one call of the writer.

        With a `barrier`, the name of the service, the answer waits until every live listener has heard
        what was committed: sockets are silenced before the command is acknowledged.
        """
        return self.batch(each(act), barrier=barrier)

    def write_everywhere(self, act: Act, service: str) -> Handler:
        """Carry out by one call of the writer, and answer when other services show the change too."""
        write = self.write(act, barrier=service)

        async def handle(request: Any, actor: Actor) -> Any:
            result = await write(request, actor)
            await self.followed(service)
            return result

        return handle

    def batch(self, unit: Unit, *, barrier: str | None = None) -> Handler:
        """Carry out by a unit that takes all waiting calls of its class together."""

        async def handle(request: Any, actor: Actor) -> Any:
            result = await self.database.write(unit, request, actor)
            if barrier is not None:
                await self.settled(barrier)
            failpoints.reach("after_publish_before_ack")
            return result

        return handle

    def read(self, act: Act) -> Handler:
        """Answer from one read transaction."""

        async def handle(request: Any, actor: Actor) -> Any:
            return await self.database.read(
                lambda connection: act(connection, request, actor),
                aside=getattr(request, "work", "read") == "optional",
            )

        return handle


@dataclass(frozen=True)
class Durable:
    """What a service does on another's events, at least once and in order: `source` names the owner."""

    source: str
    acts: Mapping[type[Event], Act]


@dataclass(frozen=True)
class Service:
    """A service as the runtime starts it: what it serves, what it reacts to, what it needs."""

    name: str
    serves: Mapping[type[Request[Any]], Handler]
    events: Sequence[type[Event]] = ()
    """The classes of its own events, in its event log."""
    log: EventLog | None = None
    durable: Sequence[Durable] = ()
    live: Mapping[type[Event], Listener] = field(default_factory=dict[type[Event], Listener])
    missed: Callable[[], None] = lambda: None
    """Told when barriers that `live` should have heard may have been missed, and which ones is not known."""
    needs: Sequence[str] = ()
    """Services that start before this one and stop after it."""
    on_start: Callable[[], Awaitable[None]] | None = None
    """Repairs and first things, once everything it needs runs."""
    on_stop: Callable[[], Awaitable[None]] | None = None
