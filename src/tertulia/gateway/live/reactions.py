"""What the gateway does on the events of services: what their tables say, in the order they say it."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import structlog
from pydantic_core import to_json

from tertulia.conversations.contract.updates import Update
from tertulia.gateway.answers import encoded_result
from tertulia.gateway.live.audience import Audience
from tertulia.gateway.live.connections import Connections, Farewell
from tertulia.gateway.live.interest import Everything, Interest
from tertulia.gateway.live.steps import Bring, Take, Tell
from tertulia.kernel.errors import AppError
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus import Bus
from tertulia.kit.edge import Broadcast, Close, Enter, Leave, Reaction, user_room
from tertulia.realtime import RawJSON

COME_AGAIN = Farewell("going_away", after_ms=1_000)
"""Said to those for whom it is not certain that nothing is missed."""

log = structlog.get_logger(__name__)


class Reactions:
    """Hears events and carries out the reactions to each, before whoever publishes it goes on."""

    def __init__(
        self,
        bus: Bus,
        reactions: Sequence[Reaction],
        connections: Connections,
        audience: Audience,
    ) -> None:
        self._bus = bus
        self._reactions = tuple(reactions)
        self._connections = connections
        self._audience = audience
        self._known: dict[type[Event], tuple[Reaction, ...]] = {}
        self._named = frozenset(reaction.on for reaction in reactions)
        self.interest: Interest = Everything()
        """What is heard here."""

    def listen(self) -> None:
        """From now on, react. Each event once, however many classes of it the tables name."""
        for kind in dict.fromkeys(reaction.on for reaction in self._reactions):
            self._bus.listen(kind, self._listener(kind))

    def _listener(self, kind: type[Event]) -> Any:
        @cache
        def is_nearest(heard: type[Event]) -> bool:
            return next(it for it in heard.__mro__ if it in self._named) is kind

        async def hear(event: Event) -> None:
            if is_nearest(type(event)):
                await self.react(event)

        return hear

    async def react(self, event: Event) -> None:
        """Carry out all reactions to an event. One that fails harms no other; what failed is raised then."""
        failures: list[Exception] = []
        for reaction in self._of(type(event)):
            try:
                await self._carry_out(reaction, event)
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise ExceptionGroup(f"not all was done on {event.wire_name}", failures)

    def _of(self, kind: type[Event]) -> tuple[Reaction, ...]:
        if kind not in self._known:
            self._known[kind] = tuple(it for it in self._reactions if issubclass(kind, it.on))
        return self._known[kind]

    async def _carry_out(self, reaction: Reaction, event: Event) -> None:
        match reaction:
            case Broadcast():
                rooms = tuple(reaction.rooms(event))
                if self._audience.is_heard(rooms):
                    await self._audience.take(_told(reaction, event, rooms))
            case Enter():
                await self._enter(reaction, event)
            case Leave():
                await self._leave(reaction, event)
            case Close():
                farewell = Farewell(reaction.code, reconnect=reaction.reconnect)
                await self._audience.close_rooms(reaction.rooms(event), farewell)

    async def _enter(self, reaction: Enter, event: Event) -> None:
        people, rooms = frozenset(reaction.people(event)), tuple(reaction.rooms(event))
        await self._hear(people, rooms)
        await self._audience.take(Bring(people, rooms))
        if reaction.name is None or reaction.view is None:
            return
        question = reaction.view(event)
        here = [person for person in people if self._connections.of_person(person)]
        views = await asyncio.gather(*(self._view(question, person) for person in here))
        for person, view in zip(here, views, strict=True):
            if view is not None:
                await self._audience.take(Tell((user_room(person),), reaction.name, view))

    async def _hear(self, people: Iterable[str], rooms: Iterable[str]) -> None:
        """Hear what the people are to hear; where that is not certain now, they have to come again."""
        if not self._connections.of_people(people):
            return
        try:
            await self.interest.enter(rooms)
        except AppError as error:
            log.warning("rooms_not_heard", code=error.code)
            await self._audience.close_rooms(_rooms_of(people), COME_AGAIN)

    async def _view(self, question: Request[Any], person: str) -> RawJSON | None:
        """What a person sees now; nothing when they may not see it any more."""
        actor = self._connections.of_person(person)[0].actor
        try:
            return RawJSON(encoded_result(await self._bus.ask(question, actor)))
        except AppError:
            return None

    async def _leave(self, reaction: Leave, event: Event) -> None:
        people = frozenset(reaction.people(event))
        await self._audience.take(Take(people, tuple(reaction.rooms(event))))
        if reaction.name is not None:
            await self._audience.take(
                Tell(_rooms_of(people), reaction.name, _payload(reaction, event))
            )


def _told(reaction: Broadcast, event: Event, rooms: tuple[str, ...]) -> Tell:
    place = (event.conversation_id, event.seq) if isinstance(event, Update) else (None, 0)
    name = reaction.name or event.wire_name
    return Tell(
        rooms=rooms,
        name=name,
        payload=_payload(reaction, event),
        skip=tuple(reaction.skip(event)) if reaction.skip else (),
        subject=(name, reaction.subject(event)) if reaction.subject else None,
        conversation_id=place[0],
        seq=place[1],
    )


def _payload(reaction: Broadcast | Leave, event: Event) -> RawJSON:
    """Encoded here, once for all who hear it."""
    return RawJSON(to_json(reaction.payload(event)) if reaction.payload else event.encoded)


def _rooms_of(people: Iterable[str]) -> tuple[str, ...]:
    return tuple(user_room(person) for person in people)
