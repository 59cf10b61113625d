"""Events that come over the line, told to the listeners of this process."""

import secrets
from collections.abc import Iterable

import structlog

from tertulia.kernel.errors import Unavailable
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Event
from tertulia.kit.bus import Listener
from tertulia.kit.bus.listeners import Listeners
from tertulia.kit.bus.nats import envelope, subjects
from tertulia.kit.bus.nats.hearing import NatsSaid, Subscription
from tertulia.kit.bus.nats.line import NatsLine

log = structlog.get_logger(__name__)


class Hearsay:
    """Those who listen to everything of a class, and those who hear only what is followed."""

    def __init__(self, line: NatsLine, limits: Limits) -> None:
        self._line = line
        self._limits = limits
        self._mark = f"tertulia.from.{secrets.token_hex(8)}"
        """The reply subject of what is published here: its own listeners have heard it already."""
        self._kinds: dict[str, type[Event]] = {}
        self._every = Listeners()
        self._followed = Listeners()
        self._subscriptions: dict[str, Subscription] = {}
        self._topics: dict[str, Subscription] = {}

    def add(self, event: type[Event], listener: Listener, *, followed: bool) -> list[Subscription]:
        """Tell this one too; what has to be subscribed to for it."""
        (self._followed if followed else self._every).add(event, listener)
        new: list[Subscription] = []
        for kind in _family(event):
            self._kinds[kind.wire_name] = kind
            subject = subjects.without_topic(kind) if followed else subjects.every(kind)
            if subject not in self._subscriptions:
                hear = self._hear_followed if followed else self._hear_every
                new.append(Subscription(subject, hear))
                self._subscriptions[subject] = new[-1]
        return new

    def all(self) -> Iterable[Subscription]:
        """Everything that is subscribed to."""
        return [*self._subscriptions.values(), *self._topics.values()]

    async def publish(self, event: Event) -> None:
        """Tell the other processes, and then those who listen here."""
        self._line.send(subjects.event(event), event.encoded, reply=self._mark)
        await self._every.tell(event)
        if event.topic is None or event.topic in self._topics:
            await self._followed.tell(event)

    async def follow(self, topics: Iterable[str]) -> None:
        """Hear these topics too. `Unavailable` when that is not certain now."""
        wanted = list(topics)
        for it in wanted:
            if it not in self._topics:
                self._topics[it] = Subscription(subjects.topic(it), self._hear_followed)
        missing = [self._topics[it] for it in wanted if not self._topics[it].active]
        if missing:
            await self._line.subscribe_all(missing)
        if not all(it.active for it in missing):
            raise Unavailable("The bus is away.")

    def unfollow(self, topics: Iterable[str]) -> None:
        """Hear these topics no more."""
        for it in topics:
            subscription = self._topics.pop(it, None)
            if subscription is not None:
                self._line.unsubscribe(subscription)

    async def _hear_every(self, said: NatsSaid) -> None:
        await self._hear(said, self._every)

    async def _hear_followed(self, said: NatsSaid) -> None:
        await self._hear(said, self._followed)

    async def _hear(self, said: NatsSaid, listeners: Listeners) -> None:
        kind = self._kinds.get(subjects.wire_name(said.subject))
        if kind is None or said.reply == self._mark or not listeners.hear(kind):
            return
        try:
            event = envelope.read_event(kind, said.payload, self._limits)
        except ValueError as wrong:
            log.warning("event_not_understood", wire_event=kind.wire_name, why=str(wrong))
            return
        await listeners.tell(event)


def _family(event: type[Event]) -> Iterable[type[Event]]:
    """A class and those derived from it; of what is derived later nothing is heard."""
    yield event
    for derived in event.__subclasses__():
        yield from _family(derived)
